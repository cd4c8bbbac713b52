import type { LocalAccount } from "viem";
import type { Sha256Hex } from "../job/sha256.ts";
import type { Address, Hex } from "../protocol/types.ts";

/** A write to a store as its writer signs it (docs/store.md, "Who may write"). */
export interface StoreWrite {
  /** The store's base URL, as the writer calls it: a signature for one store is worth nothing at another. */
  store: string;
  /** What is written: `/blobs/<sha256>`, or a note's path. */
  path: string;
  /** The sha256 of the bytes. */
  sha256: Sha256Hex;
  bytes: number;
  writer: Address;
  /** The task whose output this is, 0x-hex, 32 bytes; zero for a submitter's upload. */
  taskId: Hex;
  /** The writer's identity in that task, 0x-hex, 32 bytes; zero for a submitter's upload. */
  identity: Hex;
  /** Unix seconds: the request must have arrived by then. */
  expiresAt: number;
}

/** The escrow that decides who the parties are. */
export interface StoreWriteDomain {
  chainId: number;
  escrow: Address;
}

/** Signs writes in the place of a token. */
export interface StoreSigner extends StoreWriteDomain {
  /** Any account of viem that signs by itself; for a browser's wallet, an object of the same two members. */
  account: Pick<LocalAccount, "address" | "signTypedData">;
  /** The slot whose output is written; without one the writer is a submitter. */
  slot?: { taskId: Hex; identity: Hex };
}

const zeroWord: Hex = `0x${"00".repeat(32)}`;

/** How long a signed request may be on its way, in seconds; each attempt is signed anew. */
const VALID_SECONDS = 300;

const types = {
  StoreWrite: [
    { name: "method", type: "string" },
    { name: "store", type: "string" },
    { name: "path", type: "string" },
    { name: "sha256", type: "bytes32" },
    { name: "bytes", type: "uint64" },
    { name: "writer", type: "address" },
    { name: "taskId", type: "bytes32" },
    { name: "identity", type: "bytes32" },
    { name: "expiresAt", type: "uint64" },
  ],
} as const;

/** Makes the EIP-712 typed data of a write: what the writer signs and the store checks. */
export function storeWriteTypedData(write: StoreWrite, { chainId, escrow }: StoreWriteDomain) {
  return {
    domain: { name: "Parity Store", version: "1", chainId, verifyingContract: escrow },
    types,
    primaryType: "StoreWrite",
    message: {
      ...write,
      method: "PUT",
      sha256: `0x${write.sha256}`,
      bytes: BigInt(write.bytes),
      expiresAt: BigInt(write.expiresAt),
    },
  } as const;
}

/** What of a signed write stands in its Authorization header; the rest is the request itself. */
export type WriteAuthorization = Pick<StoreWrite, "store" | "writer" | "taskId" | "identity" | "expiresAt"> & { signature: Hex };

/**
 * Signs one write. Whoever sees it learns the blob's name: an output is signed for only after its task is decided.
 * @param now unix seconds, by this machine's clock
 */
export async function signStoreWrite(
  signer: StoreSigner,
  write: Pick<StoreWrite, "store" | "path" | "sha256" | "bytes">,
  now: number,
): Promise<string> {
  const { account, slot } = signer;
  const { taskId, identity } = slot ?? { taskId: zeroWord, identity: zeroWord };
  const claimed = { store: write.store, writer: account.address, taskId, identity, expiresAt: now + VALID_SECONDS };
  const signature = await account.signTypedData(storeWriteTypedData({ ...write, ...claimed }, signer));
  return encodeWriteAuthorization({ ...claimed, signature });
}

/** Writes an Authorization header of the scheme `Parity`. */
export function encodeWriteAuthorization(authorization: WriteAuthorization): string {
  return `Parity ${btoa(JSON.stringify(authorization)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/** Reads an Authorization header of the scheme `Parity`; undefined where it is not one of the right shape. */
export function decodeWriteAuthorization(header: string): WriteAuthorization | undefined {
  const encoded = /^Parity +([A-Za-z0-9_-]{1,7000}) *$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(atob(encoded.replaceAll("-", "+").replaceAll("_", "/")));
    return isAuthorization(value) ? value : undefined;
  } catch {
    // Not base64, or not JSON: the caller says so.
    return undefined;
  }
}

function isAuthorization(value: unknown): value is WriteAuthorization {
  if (typeof value !== "object" || value === null) return false;
  const { store, writer, taskId, identity, expiresAt, signature } = value as Record<string, unknown>;
  const isHex = (text: unknown, pattern: RegExp) => typeof text === "string" && pattern.test(text);
  return (
    typeof store === "string" &&
    isHex(writer, /^0x[0-9a-fA-F]{40}$/) &&
    [taskId, identity].every((word) => isHex(word, /^0x[0-9a-f]{64}$/)) &&
    Number.isSafeInteger(expiresAt) &&
    isHex(signature, /^0x(?:[0-9a-fA-F]{2}){1,2048}$/)
  );
}
