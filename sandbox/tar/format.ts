/** What both halves of this folder share about the tar format (POSIX.1-2001, "pax"; read: also GNU long names). */
export const blockBytes = 512;

/** A header's type flag, in words. */
export type TarType = "file" | "link" | "symlink" | "character-device" | "block-device" | "directory" | "fifo" | "other";

const typeByFlag: Readonly<Record<string, TarType>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "1": "link",
  "2": "symlink",
  "3": "character-device",
  "4": "block-device",
  "5": "directory",
  "6": "fifo",
};

/** One decoded 512-byte header, names as raw bytes: a name in a tar is not necessarily UTF-8. */
export interface TarHeader {
  name: Buffer;
  flag: string;
  type: TarType;
  bytes: number;
  mode: number;
  linkName: Buffer;
}

/** Says whether a block holds only zeros: two of them end an archive. */
export function isZeroBlock(block: Uint8Array): boolean {
  return block[0] === 0 && block.every((byte) => byte === 0);
}

/** Decodes a header block, or returns nothing when it is not one (wrong checksum, impossible number). */
export function decodeHeader(block: Buffer): TarHeader | undefined {
  if (checksumOf(block) !== readNumber(block, 148, 8)) return undefined;
  const bytes = readNumber(block, 124, 12);
  const mode = readNumber(block, 100, 8);
  if (bytes === undefined || mode === undefined) return undefined;
  const flag = block.toString("latin1", 156, 157);
  const prefix = block.toString("latin1", 257, 263) === "ustar\0" ? readText(block, 345, 155) : Buffer.alloc(0);
  const last = readText(block, 0, 100);
  const name = prefix.length > 0 ? Buffer.concat([prefix, Buffer.from("/"), last]) : last;
  return { name, flag, type: typeByFlag[flag] ?? "other", bytes, mode, linkName: readText(block, 157, 100) };
}

/** Sums a header's bytes with the checksum field read as blanks. */
export function checksumOf(block: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < blockBytes; i++) if (i < 148 || i >= 156) sum += block[i] ?? 0;
  return sum;
}

/** Returns how many zero bytes follow content of this size. */
export function paddingAfter(bytes: number): number {
  return (blockBytes - (bytes % blockBytes)) % blockBytes;
}

function readText(block: Buffer, at: number, length: number): Buffer {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end));
}

/** Reads octal digits, or GNU's base-256 form for sizes of 8 GiB and more. */
function readNumber(block: Buffer, at: number, length: number): number | undefined {
  const field = block.subarray(at, at + length);
  if (((field[0] ?? 0) & 0x80) !== 0) return readBase256(field);
  const text = field
    .toString("latin1")
    .replace(/[\0 ]+$/, "")
    .trimStart();
  if (text === "") return 0;
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

function readBase256(field: Buffer): number | undefined {
  if (field[0] !== 0x80) return undefined; // negative, or beyond what a number can hold
  let value = 0;
  for (const byte of field.subarray(1)) value = value * 256 + byte;
  return Number.isSafeInteger(value) ? value : undefined;
}
