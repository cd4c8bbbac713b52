import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { jobBounds, ParityError } from "@parity-protocol/sdk";
import { describeIssues } from "./describe-issues.ts";
import { type JobFile, jobFileJsonSchema, jobFileSchema } from "./schema.ts";
import { parseStrictJson } from "./strict-json.ts";

/** More would only scroll the first ones away. */
const MOST_PROBLEMS = 20;
const MOST_FILE_BYTES = jobBounds.commandBytes * 4;

/**
 * Reads and validates a job file. A folder stands for the job.json in it.
 * @throws JOB_FILE_UNREADABLE, JOB_FILE_INVALID with every wrong field
 */
export async function readJobFile(givenPath: string): Promise<{ file: string; job: JobFile }> {
  const file = await locate(givenPath);
  const label = path.relative(process.cwd(), file) || file;
  const text = decodeText(await readFile(file).catch((cause: unknown) => Promise.reject(unreadable(label, cause))), label);
  return { file, job: parseJobFile(text, label) };
}

/**
 * Parses the text of a job file; `label` names it in messages.
 * @throws JOB_FILE_INVALID
 */
export function parseJobFile(text: string, label: string): JobFile {
  const parsed = jobFileSchema.safeParse(parseStrictJson(text, label));
  if (parsed.success) return parsed.data;
  const problems = describeIssues(parsed.error.issues, jobFileJsonSchema()).slice(0, MOST_PROBLEMS);
  throw new ParityError("JOB_FILE_INVALID", `${label}: ${problems.join("\n")}`, { details: { problems } });
}

async function locate(givenPath: string): Promise<string> {
  const absolute = path.resolve(givenPath);
  const found = await stat(absolute).catch((cause: unknown) => Promise.reject(unreadable(givenPath, cause)));
  const file = found.isDirectory() ? path.join(absolute, "job.json") : absolute;
  const facts = found.isDirectory() ? await stat(file).catch((cause: unknown) => Promise.reject(unreadable(file, cause))) : found;
  if (!facts.isFile()) throw new ParityError("JOB_FILE_UNREADABLE", `${givenPath} is not a regular file.`);
  if (facts.size > MOST_FILE_BYTES)
    throw new ParityError("JOB_FILE_INVALID", `${givenPath} has ${facts.size} bytes; a job file has at most ${MOST_FILE_BYTES}.`);
  return file;
}

function decodeText(bytes: Uint8Array, label: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ParityError("JOB_FILE_INVALID", `${label} is not UTF-8.`, { cause, hint: "Save it as UTF-8 without BOM." });
  }
}

function unreadable(label: string, cause: unknown): ParityError {
  const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
  return new ParityError("JOB_FILE_UNREADABLE", `${label} ${isMissing ? "does not exist" : "cannot be read"}.`, { cause });
}
