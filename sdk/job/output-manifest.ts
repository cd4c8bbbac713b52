import { z } from "zod";
import { ParityError } from "../errors/index.ts";
import { encodeCanonicalJson } from "./canonical-json.ts";
import { jobBounds } from "./limits.ts";
import { byteOrder, relativePath, sha256Schema, treeProblem } from "./schema.ts";
import { sha256Hex } from "./sha256.ts";

const fileSchema = z.strictObject({
  path: relativePath,
  sha256: sha256Schema,
  bytes: z.int().nonnegative(),
  executable: z.boolean(),
});

const exitedSchema = z.strictObject({
  version: z.literal(1),
  outcome: z.literal("exited"),
  exitCode: z.int().min(0).max(255),
  stdout: z.strictObject({ sha256: sha256Schema, bytes: z.int().nonnegative() }),
  files: z.array(fileSchema).max(jobBounds.outputFiles),
});

const breachSchema = z.strictObject({
  version: z.literal(1),
  outcome: z.enum(["timed-out", "out-of-memory", "output-too-large", "output-refused"]),
});

const manifestSchema = z.discriminatedUnion("outcome", [exitedSchema, breachSchema]);

/** One file under /output. `path` is relative to it, `sha256` 64 hex digits, `bytes` its size. */
export type OutputFile = z.infer<typeof fileSchema>;

/**
 * What a job produced (docs/protocol.md, "Output"). A breach of a limit carries no stdout and no files; nor does `output-refused`, an output
 * that no manifest can describe: a symbolic link, a device or a pipe under /output, or a name that is not UTF-8 or too long.
 */
export type OutputManifest = z.infer<typeof manifestSchema>;

/** An output manifest of a job that ended by itself. */
export type ExitedManifest = z.infer<typeof exitedSchema>;

/** Encodes a manifest as the canonical JSON blob whose sha256 is the output hash; sorts the files by the bytes of their paths. */
export function encodeOutputManifest(manifest: OutputManifest): Uint8Array {
  if (manifest.outcome !== "exited") return encodeCanonicalJson(manifest);
  const files = [...manifest.files].sort((a, b) => byteOrder(a.path, b.path));
  return encodeCanonicalJson({ ...manifest, files });
}

/** Computes the output hash: the sha256 of the manifest's canonical bytes, 0x-hex, 32 bytes. */
export function outputHashOf(manifest: OutputManifest): `0x${string}` {
  return `0x${sha256Hex(encodeOutputManifest(manifest))}`;
}

/**
 * Decodes the bytes of an untrusted manifest blob.
 * @throws OUTPUT_MANIFEST_INVALID for a wrong shape, a duplicate or unsorted path, or bytes that are not canonical
 */
export function decodeOutputManifest(bytes: Uint8Array): OutputManifest {
  const parsed = manifestSchema.safeParse(parseJson(bytes));
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  const manifest = parsed.data;
  if (!equalBytes(encodeOutputManifest(manifest), bytes)) throw invalid("its bytes are not its canonical form");
  const problem = manifest.outcome === "exited" && treeProblem(manifest.files.map((file) => file.path));
  if (problem) throw invalid(`files[${problem.index}].path: ${problem.message}`);
  return manifest;
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length > jobBounds.manifestBytes) throw invalid(`${bytes.length} bytes are more than ${jobBounds.manifestBytes}`);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ParityError("OUTPUT_MANIFEST_INVALID", "The output manifest is not JSON.", { cause });
  }
}

function invalid(what: string): ParityError {
  return new ParityError("OUTPUT_MANIFEST_INVALID", `The output manifest is invalid: ${what}`);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
