import type { ParityError } from "@parity-protocol/sdk";
import { ByteReader } from "./byte-reader.ts";
import { blockBytes, decodeHeader, isZeroBlock, paddingAfter, type TarHeader, type TarType } from "./format.ts";

/** One entry of a tar that is being read. `name` and `linkName` are raw bytes, without a trailing slash. */
export interface TarEntry {
  name: Buffer;
  type: TarType;
  bytes: number;
  mode: number;
  linkName: Buffer;
  /** Yields the content; what is not read before the next entry is asked for is skipped. */
  content: () => AsyncGenerator<Buffer>;
}

/** Makes the error for a tar that cannot be read; the caller knows what the tar is. */
export type TarFault = (kind: "truncated" | "malformed", what: string) => ParityError;

/** Longest pax record block or GNU long name that is read into memory. */
const maxExtensionBytes = 1024 * 1024;

interface Extension {
  name?: Buffer;
  linkName?: Buffer;
  bytes?: number;
}

/**
 * Reads a tar entry by entry, in flat memory. Written here because names must stay bytes: the npm readers decode pax paths as UTF-8,
 * which makes two different names equal.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>, fault: TarFault): AsyncGenerator<TarEntry> {
  const reader = new ByteReader(source, () => fault("truncated", "the tar ends in the middle of an entry"));
  try {
    for (let entry = await nextEntry(reader, fault); entry; entry = await nextEntry(reader, fault)) {
      const rest = { bytes: entry.bytes };
      yield { ...entry, content: () => contentOf(reader, rest) };
      const skipped = rest.bytes + paddingAfter(entry.bytes);
      if (!reader.takeNow(skipped)) await reader.skip(skipped);
    }
    await reader.drain();
  } finally {
    await reader.close();
  }
}

async function* contentOf(reader: ByteReader, rest: { bytes: number }): AsyncGenerator<Buffer> {
  while (rest.bytes > 0) {
    const chunk = await reader.some(rest.bytes);
    rest.bytes -= chunk.length;
    yield chunk;
  }
}

async function nextEntry(reader: ByteReader, fault: TarFault): Promise<Omit<TarEntry, "content"> | undefined> {
  const extension: Extension = {};
  for (;;) {
    const header = decodeBlock(reader.takeNow(blockBytes) ?? (await reader.exactly(blockBytes)), fault);
    if (!header) return undefined;
    if (!"xgLK".includes(header.flag)) return merge(header, extension);
    if (header.bytes > maxExtensionBytes) throw fault("malformed", `an extended header has ${header.bytes} bytes`);
    const content = await reader.exactly(header.bytes);
    await reader.skip(paddingAfter(header.bytes));
    if (header.flag === "x") Object.assign(extension, decodePax(content, fault));
    if (header.flag === "L") extension.name = withoutNul(content);
    if (header.flag === "K") extension.linkName = withoutNul(content);
  }
}

function decodeBlock(block: Buffer, fault: TarFault): TarHeader | undefined {
  if (isZeroBlock(block)) return undefined;
  const header = decodeHeader(block);
  if (!header) throw fault("malformed", "a header's checksum or size is wrong");
  return header;
}

function merge(header: TarHeader, extension: Extension): Omit<TarEntry, "content"> {
  const name = withoutTrailingSlash(extension.name ?? header.name);
  // A link has no content, whatever its size field says.
  const bytes = header.type === "file" || header.type === "other" ? (extension.bytes ?? header.bytes) : 0;
  return { name, type: header.type, bytes, mode: header.mode, linkName: extension.linkName ?? header.linkName };
}

/** Decodes `<length> <key>=<value>\n` records, keeping the values as bytes. */
function decodePax(content: Buffer, fault: TarFault): Extension {
  const extension: Extension = {};
  for (let at = 0; at < content.length; ) {
    const blank = content.indexOf(0x20, at);
    const length = Number(content.toString("latin1", at, Math.max(at, blank)));
    const equals = content.indexOf(0x3d, blank);
    const end = at + length;
    if (!(blank > at) || !Number.isSafeInteger(length) || end > content.length || !(equals > blank && equals < end))
      throw fault("malformed", "an extended header is not made of records");
    const value = Buffer.from(content.subarray(equals + 1, end - 1));
    const key = content.toString("latin1", blank + 1, equals);
    if (key === "path") extension.name = value;
    if (key === "linkpath") extension.linkName = value;
    if (key === "size") extension.bytes = decodeSize(value, fault);
    at = end;
  }
  return extension;
}

function decodeSize(value: Buffer, fault: TarFault): number {
  const text = value.toString("latin1");
  const size = Number(text);
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(size)) throw fault("malformed", "an extended header's size is not a number");
  return size;
}

function withoutNul(content: Buffer): Buffer {
  const end = content.indexOf(0);
  return end < 0 ? content : content.subarray(0, end);
}

function withoutTrailingSlash(name: Buffer): Buffer {
  let end = name.length;
  while (end > 1 && name[end - 1] === 0x2f) end--;
  return name.subarray(0, end);
}
