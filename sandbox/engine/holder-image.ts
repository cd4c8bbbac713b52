import { randomUUID } from "node:crypto";
import { closeSync, openSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256Hex } from "@parity-protocol/sdk";
import { hostsFile } from "../determinism/profile.ts";
import { readDeterminizer } from "../determinizer/program.ts";
import type { Platform } from "../image/documents.ts";
import { loadImage, removeImage } from "../image/load-image.ts";
import { type VerifiedArchive, verifyArchive } from "../image/verify-archive.ts";
import { archiveItems } from "../image/write-archive.ts";
import { type TarItem, writeTar } from "../tar/write-tar.ts";
import type { Engine } from "./connect.ts";

/**
 * The program of the holder, a container that keeps the volumes of a run mounted: a static ELF that waits for ever.
 * amd64: push 34; pop rax (pause); syscall; jmp to the start.
 * arm64: mov x0..x4, 0; mov x8, 73 (ppoll without descriptors or timeout); svc 0; b to the start.
 */
const programs: Readonly<Record<Platform, { machine: number; code: string }>> = {
  "linux/amd64": { machine: 0x3e, code: "6a22580f05ebf9" },
  "linux/arm64": { machine: 0xb7, code: "000080d2010080d2020080d2030080d2040080d2280980d2010000d4f9ffff17" },
};

/** Where the holder has the volumes of a run, and what it gives to the first. */
export const holderMounts = { input: "/run", output: "/output" } as const;
export const inputVolumeLayout = { hosts: "hosts", input: "input", determinizer: "determinizer" } as const;

const known = new WeakMap<Engine, Promise<string>>();

/** Makes sure that the engine has the holder's image and returns its id, the same on every engine of a kind. Costs nothing the second time. */
export function ensureHolderImage(engine: Engine): Promise<string> {
  const current = known.get(engine);
  if (current) return current;
  const loaded = loadHolderImage(engine);
  known.set(engine, loaded);
  loaded.catch(() => forgetHolderImage(engine)); // the next run tries again
  return loaded;
}

/** Forgets what is known about the holder's image, for when the engine turns out to have lost it. */
export function forgetHolderImage(engine: Engine): void {
  known.delete(engine);
}

/** Removes the holder's image from the engine. Returns whether it is gone: a run of somebody else may still need it. */
export async function removeHolderImage(engine: Engine): Promise<boolean> {
  forgetHolderImage(engine);
  const { configDigest, manifestDigest } = await withHolderArchive(engine, (archive) => Promise.resolve(archive));
  const removed = await Promise.all([configDigest, manifestDigest].map((digest) => removeImage(engine, `sha256:${digest}`)));
  return removed.every(Boolean);
}

async function loadHolderImage(engine: Engine): Promise<string> {
  const { imageId } = await withHolderArchive(engine, (archive) => loadImage(engine, archive));
  return imageId;
}

/** Writes the archive of the holder's image to a file for as long as it is used. */
async function withHolderArchive<T>(engine: Engine, use: (archive: VerifiedArchive) => Promise<T>): Promise<T> {
  const bytes = await holderArchive(engine.platform);
  const claim = { sha256: sha256Hex(bytes), bytes: bytes.length, platform: engine.platform };
  const file = openNameless();
  try {
    writeSync(file.descriptor, bytes);
    return await use(await verifyArchive(file.path, claim));
  } finally {
    closeSync(file.descriptor);
  }
}

/** Opens a file that nobody has to remove, a crash included: it has no name any more. Linux can open it by its descriptor. */
function openNameless(): { descriptor: number; path: string } {
  const name = join(tmpdir(), `parity-holder-${randomUUID()}`);
  const descriptor = openSync(name, "wx+");
  unlinkSync(name);
  return { descriptor, path: `/proc/self/fd/${descriptor}` };
}

async function holderArchive(platform: Platform): Promise<Buffer> {
  const program = encodeElf(programs[platform]);
  const layer = await collect(writeTar([...holderItems(program), ...(await determinizerItems(platform))]));
  const layers = [{ sha256: sha256Hex(layer), bytes: layer.length, open: () => [layer] }];
  return collect(writeTar(archiveItems({ platform, layers, settings: { entrypoint: ["/holder"] } })));
}

/**
 * The engine copies what an image has at the place of an empty volume into the volume, much faster than it unpacks an archive: that gives
 * every run its hosts file, an input folder and the determinizer.
 */
function holderItems(program: Buffer): TarItem[] {
  const hosts = Buffer.from(hostsFile);
  return [
    { name: "holder", type: "file", mode: 0o755, bytes: program.length, content: [program] },
    { name: "run", type: "directory", mode: 0o755, bytes: 0 },
    { name: `run/${inputVolumeLayout.hosts}`, type: "file", mode: 0o444, bytes: hosts.length, content: [hosts] },
    { name: `run/${inputVolumeLayout.input}`, type: "directory", mode: 0o555, bytes: 0 },
  ];
}

/** The engine gives it to each run with the volume; jobs of a level without one never see it. */
async function determinizerItems(platform: Platform): Promise<TarItem[]> {
  if (platform !== "linux/amd64") return [];
  const program = await readDeterminizer();
  return [{ name: `run/${inputVolumeLayout.determinizer}`, type: "file", mode: 0o755, bytes: program.length, content: [program] }];
}

/** Wraps machine code in the smallest ELF that the kernel loads: one header, one segment at 4 MiB. */
function encodeElf(program: { machine: number; code: string }): Buffer {
  const [code, base, headers] = [Buffer.from(program.code, "hex"), 0x400000n, 64 + 56];
  const elf = Buffer.alloc(headers);
  elf.write("\x7fELF\x02\x01\x01", 0, "latin1"); // 64 bits, little-endian, version 1
  elf.writeUInt16LE(2, 16); // an executable
  elf.writeUInt16LE(program.machine, 18);
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(base + BigInt(headers), 24); // entry point
  elf.writeBigUInt64LE(64n, 32); // where the program header is
  elf.writeUInt16LE(64, 52);
  elf.writeUInt16LE(56, 54);
  elf.writeUInt16LE(1, 56); // one program header
  elf.writeUInt32LE(1, 64); // a segment to load
  elf.writeUInt32LE(5, 68); // readable and executable
  elf.writeBigUInt64LE(base, 80);
  elf.writeBigUInt64LE(base, 88);
  const bytes = BigInt(headers + code.length);
  elf.writeBigUInt64LE(bytes, 96);
  elf.writeBigUInt64LE(bytes, 104);
  elf.writeBigUInt64LE(0x10000n, 112); // the largest page size in use, that of some arm64 kernels
  return Buffer.concat([elf, code]);
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}
