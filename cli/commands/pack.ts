import { copyFile, mkdtemp, rename, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { PackedArchive } from "@parity-protocol/sandbox";
import { ParityError } from "@parity-protocol/sdk";
import { Command } from "commander";
import { readJobFile } from "../job-file/read-job-file.ts";
import type { Act } from "../program/context.ts";
import { openEngine } from "../program/open-engine.ts";
import { withExample } from "../program/options.ts";
import { facts } from "../terminal/columns.ts";
import { formatSize } from "../units/size.ts";

interface PackOptions {
  out: string;
}

/** `parity pack`: writes a job's image as an archive. */
export function packCommand(act: Act): Command {
  const command = new Command("pack")
    .summary("write a job's image as an archive")
    .description(
      'Packs the image of a job into the archive that runners run; the same image gives the same bytes. A job file can then name it: {"image": {"archive": "image.tar"}}.',
    )
    .argument("<job>", "the job file, or a folder with a job.json")
    .option("-o, --out <file>", "the archive to write", "image.tar");
  return withExample(command, "parity pack hello --out image.tar").action(
    act(async (context, options: PackOptions, jobPath: string) => {
      const { file, job } = await readJobFile(jobPath);
      if (await exists(options.out)) throw new ParityError("FILE_EXISTS", `${options.out} is already there.`);
      const { packImage } = await import("../job-file/pack-image.ts"); // brings the sandbox
      const directory = await mkdtemp(path.join(os.tmpdir(), "parity-pack-"));
      try {
        const archive = await packImage({
          image: job.image,
          baseDirectory: path.dirname(file),
          outputDirectory: directory,
          engine: () => openEngine(context),
        });
        await put(archive, options.out);
        const { sha256, bytes, platform } = archive;
        context.printer.result(
          { archive: options.out, sha256, bytes, platform },
          facts([
            ["archive", `${options.out}, ${formatSize(bytes)}, ${platform}`],
            ["sha256", sha256],
          ]),
        );
        return 0;
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    }),
  );
}

/** Puts the archive in its place in one step. @throws FILE_UNREADABLE */
async function put(archive: PackedArchive, out: string): Promise<void> {
  const draft = `${out}.${process.pid}`;
  try {
    await copyFile(archive.path, draft);
    await rename(draft, out);
  } catch (cause) {
    await rm(draft, { force: true });
    throw new ParityError("FILE_UNREADABLE", `${out} cannot be written.`, { cause });
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
