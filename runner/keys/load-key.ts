import { readFile, stat } from "node:fs/promises";
import { type Hex, ParityError } from "@parity-protocol/sdk";
import type { KeySource } from "../config.ts";

/**
 * Loads the runner's private key, 0x-hex.
 * @throws KEYSTORE_INVALID, KEYSTORE_PASSWORD_WRONG
 */
export async function loadKey(source: KeySource): Promise<Hex> {
  if (source.kind === "private-key") return source.privateKey;
  if (source.kind === "typed") {
    const typed = { password: source.password, path: source.keystorePath };
    return decrypt(await readText(source.keystorePath, "keystore"), typed);
  }
  const [keystore, password] = await Promise.all([
    readText(source.keystorePath, "keystore"),
    readText(source.passwordPath, "password file"),
  ]);
  return decrypt(keystore, { password: password.split(/\r?\n/, 1)[0] ?? "", path: source.keystorePath });
}

/** Lists the files of a key that others on this machine may read or write. */
export async function exposedFiles(source: KeySource): Promise<string[]> {
  if (source.kind === "private-key") return [];
  const paths = source.kind === "keystore" ? [source.keystorePath, source.passwordPath] : [source.keystorePath];
  const modes = await Promise.all(paths.map(async (path) => (await stat(path)).mode));
  return paths.filter((_, i) => ((modes[i] ?? 0) & 0o077) !== 0);
}

async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new ParityError("KEYSTORE_INVALID", `The ${what} ${path} cannot be read: ${(cause as Error).message}.`, { cause });
  }
}

async function decrypt(keystore: string, { password, path }: { password: string; path: string }): Promise<Hex> {
  // Imported here alone: nothing else of a runner needs it, and it is large.
  const { decryptKeystoreJson, isError, isKeystoreJson } = await import("ethers");
  if (!isKeystoreJson(keystore)) throw new ParityError("KEYSTORE_INVALID", `${path} is not an encrypted JSON keystore.`);
  try {
    return (await decryptKeystoreJson(keystore, password)).privateKey as Hex;
  } catch (cause) {
    if (isError(cause, "INVALID_ARGUMENT")) throw new ParityError("KEYSTORE_PASSWORD_WRONG", `The password does not open ${path}.`);
    throw new ParityError("KEYSTORE_INVALID", `${path} cannot be decrypted.`, { cause });
  }
}
