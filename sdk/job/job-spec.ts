import { z } from "zod";
import { ParityError } from "../errors/index.ts";
import { encodeCanonicalJson } from "./canonical-json.ts";
import { jobBounds } from "./limits.ts";
import { relativePath, repositoryPattern, sha256Schema, treeProblem } from "./schema.ts";
import { sha256Hex } from "./sha256.ts";

const GIB = 1024 ** 3;

const repositorySchema = z
  .string()
  .max(255)
  .regex(new RegExp(`^${repositoryPattern}$`), "must be a registry's host and a repository, such as registry.example.org/team/tool");

/**
 * An image archive by the sha256 of its bytes (docs/protocol.md, "Image identity"). `registry` is where its contents can be pulled by the
 * digest of a manifest, so that no store has to keep the archive; packed, they are the archive or they are refused.
 */
const imageSchema = z.strictObject({
  archive: sha256Schema,
  bytes: z.int().positive().max(jobBounds.archiveBytes),
  platform: z.enum(["linux/amd64", "linux/arm64"]),
  registry: z.strictObject({ repository: repositorySchema, manifest: sha256Schema }).optional(),
});

const inputFileSchema = z.strictObject({
  path: relativePath,
  sha256: sha256Schema,
  bytes: z.int().nonnegative().max(jobBounds.inputBytes),
});

/** Bounds of one run. `cpus` is the number of CPUs that the job sees; a breach of the others is an outcome. */
export const limitsSchema = z.strictObject({
  cpus: z.int().min(1).max(64),
  memoryBytes: z
    .int()
    .min(16 * 1024 ** 2)
    .max(256 * GIB),
  pids: z.int().min(1).max(32_768),
  scratchBytes: z
    .int()
    .nonnegative()
    .max(256 * GIB),
  outputBytes: z
    .int()
    .nonnegative()
    .max(64 * GIB),
  outputFiles: z.int().nonnegative().max(jobBounds.outputFiles),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(7 * 86_400),
});

export type JobLimits = z.infer<typeof limitsSchema>;

/** What a job file gets that does not say otherwise. */
export const defaultLimits: JobLimits = {
  cpus: 1,
  memoryBytes: GIB,
  pids: 256,
  scratchBytes: 256 * 1024 ** 2,
  outputBytes: 64 * 1024 ** 2,
  outputFiles: 10_000,
  timeoutSeconds: 300,
};

const noNul = z.string().refine((text) => !text.includes("\0") && text.isWellFormed(), "must be well-formed Unicode without NUL");

/** What is done so that two runs give the same bytes (docs/determinism.md). A version of a level never changes. */
export const levelSchema = z.enum(["standard@1", "strict@1"]);

/**
 * Returns the level of a new job whose author names none: strict, where it exists. Only for those who write a spec: a spec always names its
 * level, and means that one.
 */
export function defaultLevelFor(platform: JobSpec["image"]["platform"]): JobSpec["determinism"]["level"] {
  return platform === "linux/amd64" ? "strict@1" : "standard@1";
}

/** Environment names that the sandbox sets itself are refused by it, not here: they belong to the determinism level. */
const environmentSchema = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be a variable name"), noNul);

const jobSpecSchema = z
  .strictObject({
    version: z.literal(1),
    image: imageSchema,
    command: z.array(noNul).min(1).max(4_096),
    env: environmentSchema,
    workingDirectory: noNul.refine((path) => path.startsWith("/"), "must be an absolute path"),
    input: z.array(inputFileSchema).max(jobBounds.inputFiles),
    limits: limitsSchema,
    expect: z.strictObject({ exitCode: z.int().min(0).max(255) }),
    determinism: z.strictObject({ level: levelSchema, seed: sha256Schema }),
  })
  .superRefine((spec, context) => {
    if (spec.determinism.level === "strict@1" && spec.image.platform !== "linux/amd64")
      context.addIssue({ code: "custom", path: ["determinism", "level"], message: "strict@1 exists for linux/amd64 only" });
    const problem = treeProblem(spec.input.map((file) => file.path));
    if (problem) context.addIssue({ code: "custom", path: ["input", problem.index, "path"], message: problem.message });
    const commandBytes = new TextEncoder().encode([...spec.command, ...Object.entries(spec.env).flat()].join("\0")).length;
    if (commandBytes > jobBounds.commandBytes)
      context.addIssue({ code: "custom", path: ["command"], message: `command and env must not exceed ${jobBounds.commandBytes} bytes` });
  });

/** One input file, mounted read-only at /input/<path>. */
export type InputFile = z.infer<typeof inputFileSchema>;

/** Everything that determines an output (docs/protocol.md, "Job spec"). The job hash is the sha256 of its canonical JSON. */
export type JobSpec = z.infer<typeof jobSpecSchema>;

/**
 * Validates a job spec.
 * @throws JOB_SPEC_INVALID with the path of each wrong field
 */
export function parseJobSpec(value: unknown): JobSpec {
  const parsed = jobSpecSchema.safeParse(value);
  if (!parsed.success) throw new ParityError("JOB_SPEC_INVALID", `The job spec is invalid: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Encodes a valid job spec as the canonical JSON blob whose sha256 is the job hash. */
export function encodeJobSpec(spec: JobSpec): Uint8Array {
  return encodeCanonicalJson(parseJobSpec(spec));
}

/** Computes the job hash: the sha256 of the spec's canonical bytes, 0x-hex, 32 bytes. */
export function jobHashOf(spec: JobSpec): `0x${string}` {
  return `0x${sha256Hex(encodeJobSpec(spec))}`;
}

/**
 * Decodes the bytes of an untrusted job spec blob.
 * @throws JOB_SPEC_INVALID for a wrong shape; JOB_SPEC_NOT_CANONICAL for bytes that are not the canonical form
 */
export function decodeJobSpec(bytes: Uint8Array): JobSpec {
  if (bytes.length > jobBounds.specBytes)
    throw new ParityError("JOB_SPEC_INVALID", `The job spec has ${bytes.length} bytes, more than ${jobBounds.specBytes}.`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ParityError("JOB_SPEC_INVALID", "The job spec is not JSON.", { cause });
  }
  const spec = parseJobSpec(value);
  const canonical = encodeJobSpec(spec);
  if (canonical.length !== bytes.length || canonical.some((byte, i) => byte !== bytes[i]))
    throw new ParityError("JOB_SPEC_NOT_CANONICAL", "The job spec's bytes are not its canonical JSON form.");
  return spec;
}
