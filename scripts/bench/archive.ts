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
import { type Bench, type Measured, mebibytes } from "./part.ts";

const ROUNDS = 5;
const run = promisify(execFile);

interface Staged {
  engine: Engine;
  archive: PackedArchive;
  imageId: string;
  directory: string;
}

/** Packing an image of the engine beside `docker save`, and verifying and loading one beside `docker load`; in turn. */
export async function measureArchive({ directory, isTrial, later }: Bench): Promise<Measured> {
  const engine = await connectEngine({ dockerHost: process.env.DOCKER_HOST });
  const archive = await packNode(directory);
  const { imageId } = await loadImage(engine, await verifyArchive(archive.path, archive));
  later(() => removeImage(engine, imageId));
  const { save, pack, load, check } = await timeAll({ engine, archive, imageId, directory }, isTrial ? 1 : ROUNDS);
  const size = `${mebibytes(archive.bytes).toFixed(0)} MiB`;
  return {
    rows: [
      {
        what: `pack an image of ${size} out of the engine, the same image to the same bytes`,
        unit: "ms",
        ours: median(pack),
        beside: { what: "docker save", value: median(save) },
      },
      {
        what: `verify and load an archive of ${size}`,
        unit: "ms",
        ours: median(check),
        beside: { what: "docker load", value: median(load) },
      },
    ],
    notes: [
      "Packing begins with what `docker save` does; then every layer is hashed and written anew, sorted and without times. Every byte of an archive, which somebody else made, is hashed and read before the engine sees it.",
    ],
  };
}

/** An image of ordinary size: Node. */
async function packNode(directory: string): Promise<PackedArchive> {
  const folder = path.join(directory, "image");
  mkdirSync(folder);
  copyFileSync(process.execPath, path.join(folder, "node"));
  return packFolder({ folder, outputDirectory: path.join(directory, "archives") });
}

async function timeAll(staged: Staged, rounds: number): Promise<Record<"save" | "pack" | "load" | "check", number[]>> {
  const { engine, archive, imageId, directory } = staged;
  const saved = path.join(directory, "saved.tar");
  const docker = (...args: string[]) => run("docker", ["--host", engine.address, ...args]);
  const packed = path.join(directory, "packed");
  const times = { save: [] as number[], pack: [] as number[], load: [] as number[], check: [] as number[] };
  for (let round = 0; round < rounds; round++) {
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
