import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const esbuild = path.resolve(import.meta.dirname, "../../../node_modules/@esbuild/linux-x64/bin/esbuild");

/** A job that bundles one source file with a static binary, in an image FROM scratch. */
export interface StaticJob {
  /** The file to bundle; a syntax error in it makes the job end with exit code 1. */
  source?: string;
  image?: "dockerfile" | "folder";
  /** Fields of the job file to add or replace. */
  fields?: Record<string, unknown>;
}

/** Writes a job into a folder and returns the job file's path. */
export function writeStaticJob(
  directory: string,
  { source = "export const answer: number = 6 * 7;\n", image = "folder", fields = {} }: StaticJob = {},
): string {
  for (const name of ["image", "in"]) mkdirSync(path.join(directory, name), { recursive: true });
  copyFileSync(esbuild, path.join(directory, "image", "esbuild"));
  if (image === "dockerfile")
    writeFileSync(path.join(directory, "image", "Dockerfile"), 'FROM scratch\nCOPY esbuild /esbuild\nENV FROM_IMAGE="1"\n');
  writeFileSync(path.join(directory, "in", "answer.ts"), source);
  const job = {
    image: { [image]: "image" },
    command: ["/esbuild", "/input/answer.ts", "--outfile=/output/answer.js"],
    input: "in",
    ...fields,
  };
  const file = path.join(directory, "job.json");
  writeFileSync(file, JSON.stringify(job));
  return file;
}
