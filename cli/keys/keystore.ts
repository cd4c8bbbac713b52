import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Hex, ParityError } from "@parity-protocol/sdk";

const MOST_KEYSTORE_BYTES = 64 * 1024;

/**
 * Encrypts a private key under a password into a new keystore file (JSON, version 3), readable by its owner only.
 * @throws FILE_EXISTS, FILE_UNREADABLE
 */
export async function writeKeystore(file: string, key: { address: string; privateKey: Hex }, password: string): Promise<void> {
  const { encryptKeystoreJson } = await import("ethers"); // slow to load, and only needed here
  const text = await encryptKeystoreJson(key, password);
  try {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    writeFileSync(file, `${text}\n`, { mode: 0o600, flag: "wx" });
    chmodSync(file, 0o600);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST")
      throw new ParityError("FILE_EXISTS", `${file} is already there; a keystore is never overwritten.`);
    throw new ParityError("FILE_UNREADABLE", `${file} cannot be written.`, { cause });
  }
}

/** Decrypts a keystore file. @throws FILE_UNREADABLE, KEY_INVALID */
export async function readKeystore(file: string, password: string): Promise<Hex> {
  const text = readSmallFile(file, MOST_KEYSTORE_BYTES);
  const { decryptKeystoreJson, isKeystoreJson } = await import("ethers");
  if (!isKeystoreJson(text)) throw new ParityError("KEY_INVALID", `${file} is not a keystore.`);
  try {
    return (await decryptKeystoreJson(text, password)).privateKey as Hex;
  } catch {
    // The cause is dropped: it could quote the password.
    throw new ParityError("KEY_INVALID", `${file} does not open with this password.`, {
      hint: "Check the password, or the file that holds it.",
    });
  }
}

/** Reads a password: the first line of a file. @throws FILE_UNREADABLE, KEY_INVALID */
export function readPasswordFile(file: string): string {
  const password = readSmallFile(file, 4_096).split(/\r?\n/)[0] ?? "";
  if (password === "") throw new ParityError("KEY_INVALID", `The first line of ${file} is empty; it must be the password.`);
  return password;
}

/** Reads a file of a bounded size as text. @throws FILE_UNREADABLE */
export function readSmallFile(file: string, maxBytes: number): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new ParityError("FILE_UNREADABLE", `${file} ${isMissing ? "does not exist" : "cannot be read"}.`, { cause });
  }
  if (bytes.length > maxBytes) throw new ParityError("FILE_UNREADABLE", `${file} has ${bytes.length} bytes, more than ${maxBytes}.`);
  return new TextDecoder().decode(bytes);
}
