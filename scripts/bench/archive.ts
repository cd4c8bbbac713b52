import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import {
  connectEngine,
  type Engine,
  loadImage,
  type PackedArchive,
  packEngineImage,
  packFolder,
  removeImage,
  verifyArchive,
} from "@parity-protocol/sandbox";
import { median, timed } from "../../test/support/measure.ts";
import { type Measured, mebibytes } from "./part.ts";

const ROUNDS = 5;
const run = promisify(execFile);

interface Staged {
  engine: Engine;
  archive: PackedArchive;
  imageId: string;
  directory: string;
}

/** Packing an image of the engine beside `docker save`, and verifying and loading one beside `docker load`; in turn. */
export async function measureArchive(directory: string): Promise<Measured> {
  const engine = await connectEngine({ dockerHost: process.env.DOCKER_HOST });
  const archive = await packNode(directory);
  const { imageId, isNew } = await loadImage(engine, await verifyArchive(archive.path, archive));
  if (!isNew) throw new Error("the engine has the benchmark's image: it was not removed");
  try {
    const { save, pack, load, check } = await timeAll({ engine, archive, imageId, directory });
    const size = `${mebibytes(archive.bytes).toFixed(0)} MiB`;
    return {
      rows: [
        {
          what: `pack an image of ${size} out of the engine, layers hashed, same image same bytes`,
          unit: "ms",
          ours: median(pack),
          beside: { what: "docker save", value: median(save) },
          why: "packing begins with what docker save does; it then hashes every layer and writes it anew, sorted and without times",
        },
        {
          what: `verify and load an archive of ${size}`,
          unit: "ms",
          ours: median(check),
          beside: { what: "docker load", value: median(load) },
          why: "every byte of an untrusted archive is hashed and its layers are read before the engine sees it",
        },
      ],
    };
  } finally {
    await removeImage(engine, imageId);
  }
}

/** An image of ordinary size: Node. */
async function packNode(directory: string): Promise<PackedArchive> {
  const folder = path.join(directory, "image");
  mkdirSync(folder);
  copyFileSync(process.execPath, path.join(folder, "node"));
  return packFolder({ folder, outputDirectory: path.join(directory, "archives") });
}

async function timeAll(staged: Staged): Promise<Record<"save" | "pack" | "load" | "check", number[]>> {
  const { engine, archive, imageId, directory } = staged;
  const saved = path.join(directory, "saved.tar");
  const docker = (...args: string[]) => run("docker", ["--host", engine.address, ...args]);
  const packed = path.join(directory, "packed");
  const times = { save: [] as number[], pack: [] as number[], load: [] as number[], check: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    times.save.push(await timed(() => docker("save", "-o", saved, imageId)));
    times.pack.push(await timed(() => packEngineImage(engine, { name: imageId, outputDirectory: packed })));
    rmSync(packed, { recursive: true });
    await removeImage(engine, imageId);
    times.load.push(await timed(() => docker("load", "-q", "-i", saved)));
    await removeImage(engine, imageId);
    times.check.push(await timed(async () => loadImage(engine, await verifyArchive(archive.path, archive))));
  }
  if (statSync(saved).size < archive.bytes / 2) throw new Error("docker save wrote another image");
  return times;
}
