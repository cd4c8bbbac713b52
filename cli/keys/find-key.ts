import { type Hex, ParityError } from "@parity-protocol/sdk";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import type { Context } from "../program/context.ts";
import type { KeyOptions } from "../program/options.ts";
import { askSecret } from "../terminal/ask.ts";
import { readKeystore, readPasswordFile } from "./keystore.ts";

/**
 * Finds the key that signs: --keystore, else PARITY_PRIVATE_KEY, else PARITY_KEYSTORE, else `localKey`, which a local network's file holds.
 * @throws KEY_MISSING, KEY_INVALID, FILE_UNREADABLE
 */
export async function findAccount(context: Context, options: KeyOptions, localKey?: Hex): Promise<PrivateKeyAccount> {
  const environment = context.environment();
  const keystore = options.keystore ?? (environment.PARITY_PRIVATE_KEY ? undefined : environment.PARITY_KEYSTORE);
  if (keystore) {
    const password = await findPassword(context, options, `Password of ${keystore}: `);
    return accountOf(await readKeystore(keystore, password));
  }
  const key = environment.PARITY_PRIVATE_KEY ?? localKey;
  if (key) return accountOf(key as Hex);
  throw new ParityError("KEY_MISSING", "This command signs a transaction, and no key is named.");
}

/** Finds a keystore's password: a file's first line, or what is typed. @throws KEY_INVALID, FILE_UNREADABLE */
export async function findPassword(context: Context, options: KeyOptions, question: string): Promise<string> {
  const file = options.passwordFile ?? context.environment().PARITY_PASSWORD_FILE;
  if (file) return readPasswordFile(file);
  if (context.isInteractive) return askSecret(question, context.signal);
  throw new ParityError("KEY_INVALID", "A keystore needs its password, and nobody is here to type it.", {
    hint: "Name a file that holds it: --password-file, or PARITY_PASSWORD_FILE.",
  });
}

/** Makes an account of a private key. @throws KEY_INVALID; the key is not in the message */
export function accountOf(privateKey: string): PrivateKeyAccount {
  const key = privateKey.trim();
  try {
    return privateKeyToAccount((key.startsWith("0x") ? key : `0x${key}`) as Hex);
  } catch {
    throw new ParityError("KEY_INVALID", "This is not a private key.");
  }
}
