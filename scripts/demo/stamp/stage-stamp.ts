import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { JobSpec } from "@parity-protocol/sdk";
import { stampProgram } from "./program.ts";

/** The demo's last job: the same program, asked for at either level. */
export interface StagedStamp {
  imageFolder: string;
  jobFiles: Readonly<Record<JobSpec["determinism"]["level"], string>>;
}

/** Writes a job whose output has a time stamp and a random id, once for each level. */
export function stageStamp(directory: string): StagedStamp {
  const imageFolder = path.join(directory, "image");
  mkdirSync(imageFolder, { recursive: true });
  writeFileSync(path.join(imageFolder, "stamp"), stampProgram, { mode: 0o755 });
  const write = (level: JobSpec["determinism"]["level"]) => {
    const file = path.join(directory, `${level}.json`);
    const limits = { memoryBytes: "64MiB", timeoutSeconds: "1m" };
    writeFileSync(
      file,
      `${JSON.stringify({ image: { folder: "image" }, command: ["/stamp"], determinism: { level }, limits }, null, 2)}\n`,
    );
    return file;
  };
  return { imageFolder, jobFiles: { "standard@1": write("standard@1"), "strict@1": write("strict@1") } };
}
