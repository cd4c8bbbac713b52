import { createReadStream } from "node:fs";
import { ParityError } from "@parity-protocol/sdk";
import { planArchive } from "../image/archive-plan.ts";
import { blobPath } from "../image/documents.ts";
import { readTar, type TarEntry } from "../tar/read-tar.ts";
import type { Observations } from "./attribute.ts";
import type { CheckRequest } from "./runs.ts";

/** Instructions of the processor whose answers no level holds still. */
export interface InstructionCounts {
  random: number;
  cpuid: number;
}

const mostProgramBytes = 64 * 1024 ** 2;
const mostNamed = 5;
/** Libraries that have these instructions for reasons of their own; a program that uses them otherwise has them itself. */
const library = /(^|\/)(ld-|ld\.so|libc[.-]|libm[.-]|libcrypto|libgcc|libstdc\+\+|libpthread)/;

/**
 * Names programs of the image that contain RDRAND, RDSEED or CPUID: all of them where runs differ and nothing else explains it, else the
 * job's own. A hint and no more, since bytes that look like an instruction need not be one, and one that is there need not be executed.
 */
export async function findInstructions({ spec, archivePath }: CheckRequest, { repeat }: Observations): Promise<string[]> {
  const own = (spec.command[0] ?? "").replace(/^\/+/, "");
  const isWanted = (name: string) => (repeat ? !library.test(name) : name === own);
  const named: string[] = [];
  for await (const [name, bytes] of programsIn(archivePath, spec.image.platform, isWanted)) {
    const found = instructionsIn(countInstructions(bytes));
    if (found.length > 0) named.push(`/${name} contains ${found.join(" and ")}`);
    if (named.length === mostNamed) break;
  }
  return named.map((text) => `${text}: what these answer depends on the machine, and nobody can trap them (a hint, from its bytes).`);
}

/** Counts what is there beyond what random bytes would have. */
export function countInstructions(program: Uint8Array): InstructionCounts {
  const counts = { random: 0, cpuid: 0 };
  if (program[4] !== 2 || program[18] !== 0x3e) return counts; // not 64 bits, not x86-64
  const bytes = Buffer.from(program.buffer, program.byteOffset, program.byteLength);
  let executable = 0;
  for (const segment of executableSegments(bytes)) {
    executable += segment.length;
    for (let at = segment.indexOf(0x0f); at >= 0 && at + 2 < segment.length; at = segment.indexOf(0x0f, at + 1)) {
      if (segment[at + 1] === 0xa2) counts.cpuid++;
      if (segment[at + 1] === 0xc7 && (segment[at + 2] ?? 0) >= 0xf0) counts.random++;
    }
  }
  const isOwnLibrary = bytes.includes("glibc.cpu."); // linked into the program, with its own look at the CPU
  return {
    random: counts.random > (3 * executable) / 2 ** 20 ? counts.random : 0,
    cpuid: !isOwnLibrary && counts.cpuid > (3 * executable) / 2 ** 16 ? counts.cpuid : 0,
  };
}

function instructionsIn({ random, cpuid }: InstructionCounts): string[] {
  return [...(random > 0 ? ["RDRAND or RDSEED"] : []), ...(cpuid > 0 ? ["CPUID"] : [])];
}

const loadable = 1;
const executableFlag = 1;

function* executableSegments(elf: Buffer): Generator<Buffer> {
  if (elf.length < 64) return;
  const [table, size, count] = [Number(elf.readBigUInt64LE(32)), elf.readUInt16LE(54), elf.readUInt16LE(56)];
  for (let at = table, i = 0; i < count && at + 56 <= elf.length; i++, at += size) {
    if (elf.readUInt32LE(at) !== loadable || !(elf.readUInt32LE(at + 4) & executableFlag)) continue;
    const from = Number(elf.readBigUInt64LE(at + 8));
    yield elf.subarray(from, from + Number(elf.readBigUInt64LE(at + 32)));
  }
}

type Programs = AsyncGenerator<readonly [name: string, bytes: Uint8Array]>;

async function* programsIn(archivePath: string, platform: "linux/amd64" | "linux/arm64", isWanted: (name: string) => boolean): Programs {
  const { diffIds } = await planArchive(archivePath, platform);
  const layers = new Set(diffIds.map(blobPath));
  const fault = (_: string, what: string) => new ParityError("ARCHIVE_MALFORMED", `The archive cannot be read: ${what}.`);
  for await (const blob of readTar(createReadStream(archivePath), fault)) {
    if (!layers.has(blob.name.toString("latin1"))) continue;
    for await (const entry of readTar(blob.content(), fault)) {
      const name = entry.name.toString("utf8").replace(/^\.\//, "");
      if (entry.type !== "file" || entry.bytes > mostProgramBytes || !isWanted(name)) continue;
      const bytes = await contentOf(entry);
      if (bytes.subarray(0, 4).equals(elfMagic)) yield [name, bytes];
    }
  }
}

const elfMagic = Buffer.from("\x7fELF", "latin1");

async function contentOf(entry: TarEntry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of entry.content()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
