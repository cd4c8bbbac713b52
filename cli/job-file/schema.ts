import { defaultLimits, jobBounds, levelSchema, repositoryPattern } from "@parity-protocol/sdk";
import { z } from "zod";
import { parseDuration } from "../units/duration.ts";
import { parseSize } from "../units/size.ts";

const path = z.string().min(1, "must not be empty");

const imageSchema = z
  .strictObject({
    dockerfile: path.describe("A folder with a Dockerfile; built here, once, by your engine.").optional(),
    folder: path.describe("A folder that becomes the image's root directory; nothing is built.").optional(),
    recipe: path
      .describe("A folder with a recipe.json: Debian and npm packages, locked, that become the image's root directory.")
      .optional(),
    archive: path.describe("An image archive that `parity pack` wrote.").optional(),
    engine: path.describe("The name of an image that your engine has, such as `alpine:3.20`.").optional(),
    registry: z
      .string()
      .regex(new RegExp(`^${repositoryPattern}@sha256:[0-9a-f]{64}$`), "must be host/repository@sha256: and 64 hexadecimal digits")
      .describe("An image at a registry, by its manifest's digest; runners pull it there, and no store has to keep it.")
      .optional(),
  })
  .refine((image) => Object.keys(image).length === 1, "must have exactly one of dockerfile, folder, recipe, archive, engine, registry")
  .meta({ minProperties: 1, maxProperties: 1 });

const sizeMessage = 'must be a number of bytes, or a size such as "512MiB"';
const secondsMessage = 'must be a number of seconds, or a duration such as "10m"';

const size = z
  .union([z.int().nonnegative(), z.string().regex(/^\s*\d+(\.\d+)?\s*(B|KiB|MiB|GiB|TiB|kB|MB|GB)\s*$/, sizeMessage)], {
    error: sizeMessage,
  })
  .transform((value) => (typeof value === "number" ? value : (parseSize(value) ?? Number.NaN)));

const seconds = z
  .union([z.int().positive(), z.string().regex(/^(\d+[smhd])+$/, secondsMessage)], { error: secondsMessage })
  .transform((value) => (typeof value === "number" ? value : parseDuration(value)));

const limitsSchema = z.strictObject({
  cpus: z.int().min(1).max(64).describe(`How many CPUs the job sees. Default ${defaultLimits.cpus}.`).optional(),
  memoryBytes: size.describe(`Default ${defaultLimits.memoryBytes}.`).optional(),
  pids: z.int().min(1).max(32_768).describe(`Default ${defaultLimits.pids}.`).optional(),
  scratchBytes: size.describe(`Size of /tmp. Default ${defaultLimits.scratchBytes}.`).optional(),
  outputBytes: size.describe(`Size of /output and of stdout. Default ${defaultLimits.outputBytes}.`).optional(),
  outputFiles: z.int().nonnegative().max(jobBounds.outputFiles).describe(`Default ${defaultLimits.outputFiles}.`).optional(),
  timeoutSeconds: seconds.describe(`Default ${defaultLimits.timeoutSeconds}.`).optional(),
});

/** What a submitter writes. Paths are relative to the job file. */
export const jobFileSchema = z
  .strictObject({
    $schema: z.string().describe("Ignored here; lets editors find this schema.").optional(),
    image: imageSchema.describe("What the job runs in: exactly one of the six."),
    command: z
      .array(z.string())
      .min(1)
      .describe("The program and its arguments; no shell. An image's own ENTRYPOINT and CMD are not used."),
    env: z.record(z.string(), z.string()).describe("Environment variables of the job.").optional(),
    workingDirectory: z.string().regex(/^\//, "must be an absolute path").describe("Where the command starts. Default /.").optional(),
    input: path.describe("A folder or a file; the job finds it read-only under /input.").optional(),
    determinism: z
      .strictObject({ level: levelSchema })
      .describe(
        "What is done so that all runs give the same output: strict@1 (the default for images of linux/amd64) or standard@1 (the default for others); see docs/determinism.md.",
      )
      .optional(),
    limits: limitsSchema.describe("Bounds of one run; a breach is the job's outcome.").optional(),
    expect: z
      .strictObject({ exitCode: z.int().min(0).max(255) })
      .describe("What `parity run` calls a success. Default exit code 0.")
      .optional(),
  })
  .meta({ title: "Parity Protocol job", description: "A job: what to run, in what, on what. Results appear in /output and on stdout." });

/** A validated job file, sizes in bytes and durations in seconds. */
export type JobFile = z.infer<typeof jobFileSchema>;

/** Generates the published JSON Schema of job files (docs/job.schema.json). */
export function jobFileJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(jobFileSchema, { io: "input", target: "draft-2020-12" });
}
