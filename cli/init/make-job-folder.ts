import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import path from "node:path";
import { isParityError, ParityError } from "@parity-protocol/sdk";
import type { Template } from "./templates.ts";

const files = path.join(import.meta.dirname, "..", "templates");

/**
 * Makes a job folder from a template: job.json, input/ and image/. It appears whole, or not at all.
 * @throws FILE_EXISTS, FILE_UNREADABLE, TEMPLATE_UNAVAILABLE
 */
export function makeJobFolder(folder: string, { template, program }: { template: Template; program?: string }): void {
  requireRoom(folder);
  const parent = path.dirname(path.resolve(folder));
  try {
    mkdirSync(parent, { recursive: true });
    const draft = mkdtempSync(path.join(parent, ".parity-init-"));
    try {
      cpSync(path.join(files, template.name), draft, { recursive: true });
      template.complete(draft, program);
      if (existsSync(folder)) rmdirSync(folder);
      renameSync(draft, folder);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  } catch (cause) {
    if (isParityError(cause)) throw cause;
    throw new ParityError("FILE_UNREADABLE", `${folder} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

function requireRoom(folder: string): void {
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return;
    throw new ParityError("FILE_EXISTS", `${folder} is there and is no folder.`, { cause });
  }
  if (entries.length > 0)
    throw new ParityError("FILE_EXISTS", `The folder ${folder} is not empty.`, { hint: "Name another folder: nothing is overwritten." });
}
