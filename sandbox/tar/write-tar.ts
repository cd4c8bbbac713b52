import { blockBytes, checksumOf, paddingAfter } from "./format.ts";

/** One entry to write. Owner 0:0 and time 0 are not a choice: the bytes must depend on nothing but name, mode and content. */
export interface TarItem {
  name: string;
  type: "file" | "directory" | "symlink";
  mode: number;
  /** Size of the content; 0 for what is not a file. */
  bytes: number;
  linkName?: string;
  content?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

const flags = { file: "0", directory: "5", symlink: "2" } as const;
/** Largest size that eleven octal digits hold. */
const maxOctalBytes = 8 ** 11 - 1;

/** Writes a tar, in flat memory. The same items give the same bytes. */
export async function* writeTar(items: AsyncIterable<TarItem> | Iterable<TarItem>): AsyncGenerator<Uint8Array> {
  for await (const item of items) {
    yield encodeItem(item);
    if (item.content) yield* item.content;
    const padding = paddingAfter(item.bytes);
    if (padding > 0) yield Buffer.alloc(padding);
  }
  yield Buffer.alloc(2 * blockBytes);
}

/** Encodes an item's header, preceded by a pax header where the plain one cannot hold its name or size. */
export function encodeItem(item: TarItem): Buffer {
  const name = item.type === "directory" ? `${item.name}/` : item.name;
  const records = paxRecords(name, item);
  const header = encodeHeader({ ...item, name, flag: flags[item.type] });
  if (records.length === 0) return header;
  const pax = encodeHeader({ name: "pax", flag: "x", mode: 0o644, bytes: records.length });
  return Buffer.concat([pax, records, Buffer.alloc(paddingAfter(records.length)), header]);
}

function paxRecords(name: string, item: TarItem): Buffer {
  const records: Buffer[] = [];
  if (!fitsText(name)) records.push(paxRecord("path", name));
  if (item.linkName !== undefined && !fitsText(item.linkName)) records.push(paxRecord("linkpath", item.linkName));
  if (item.bytes > maxOctalBytes) records.push(paxRecord("size", String(item.bytes)));
  return Buffer.concat(records);
}

function fitsText(text: string): boolean {
  return Buffer.byteLength(text) <= 100 && /^[\x20-\x7e]*$/.test(text);
}

/** A record's length counts its own digits. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function encodeHeader(item: { name: string; flag: string; mode: number; bytes: number; linkName?: string }): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write(item.name, 0, 100);
  writeOctal(block, { at: 100, digits: 7, value: item.mode });
  writeOctal(block, { at: 108, digits: 7, value: 0 });
  writeOctal(block, { at: 116, digits: 7, value: 0 });
  writeOctal(block, { at: 124, digits: 11, value: item.bytes > maxOctalBytes ? 0 : item.bytes });
  writeOctal(block, { at: 136, digits: 11, value: 0 });
  block.write(item.flag, 156, "latin1");
  if (item.linkName !== undefined) block.write(item.linkName, 157, 100);
  block.write("ustar\x0000", 257, "latin1");
  block.write(`${checksumOf(block).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function writeOctal(block: Buffer, field: { at: number; digits: number; value: number }): void {
  block.write(`${field.value.toString(8).padStart(field.digits, "0")}\0`, field.at, "latin1");
}
