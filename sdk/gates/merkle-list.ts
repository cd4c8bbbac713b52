import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { getAddress } from "viem";
import { z } from "zod";
import { ParityError } from "../errors/index.ts";
import { encodeCanonicalJson } from "../job/canonical-json.ts";
import { sha256Hex } from "../job/sha256.ts";
import { identityOf } from "../protocol/identity.ts";
import type { Address, Hex } from "../protocol/types.ts";
import { encodeGateProof } from "./gate-proof.ts";

/**
 * Bounds on a list that anyone may have written. A reader builds the whole tree, about 0.1 ms an entry, in one go; longer lists need
 * a gate of their own kind.
 */
export const merkleListBounds = { bytes: 1024 * 1024, entries: 4_096 } as const;

/** One runner that a list admits. */
export interface MerkleListEntry {
  runner: Address;
  /** 0x-hex, 32 bytes; runners that share one share a slot. The padded address unless told. */
  identity?: Hex;
}

/** A list of admitted runners, with what a MerkleGate is made of. */
export interface MerkleList {
  /** The root of the Merkle tree, 0x-hex, 32 bytes. */
  root: Hex;
  /** The list as a blob: canonical JSON. */
  listBytes: Uint8Array;
  /** The sha256 of the blob, 0x-hex, 32 bytes. */
  listHash: Hex;
  entries: readonly Required<MerkleListEntry>[];
  /** The identity and the proof for the gate, as the escrow takes it; undefined for a runner that is not on the list. */
  proofFor: (runner: Address) => GateAdmission | undefined;
}

/** What a runner needs to be admitted. */
export interface GateAdmission {
  /** 0x-hex, 32 bytes. */
  identity: Hex;
  /** 0x-hex. */
  proof: Hex;
}

const hexOf = (bytes: number) => z.string().regex(new RegExp(`^0x[0-9a-f]{${bytes * 2}}$`), `must be ${bytes} bytes in lower-case 0x-hex`);

const listSchema = z.strictObject({
  version: z.literal(1),
  runners: z
    .array(z.strictObject({ runner: hexOf(20), identity: hexOf(32) }))
    .min(1)
    .max(merkleListBounds.entries),
});

/**
 * Builds the list of a MerkleGate from its runners. The same runners give the same bytes in whatever order they come.
 * @throws MERKLE_LIST_INVALID for no runner, too many, one that occurs twice, or an identity of zero
 * @example
 * const { root, listHash, listBytes } = buildMerkleList(addresses.map((runner) => ({ runner })));
 */
export function buildMerkleList(entries: readonly MerkleListEntry[]): MerkleList {
  const runners = entries.map(({ runner, identity = identityOf(runner) }) => ({
    runner: runner.toLowerCase(),
    identity: identity.toLowerCase(),
  }));
  runners.sort((a, b) => (a.runner < b.runner ? -1 : 1));
  return listOf({ version: 1, runners });
}

/**
 * Decodes the blob of a list that anyone may have written. Compare its root with the gate's before you rely on it.
 * @throws MERKLE_LIST_INVALID
 */
export function decodeMerkleList(bytes: Uint8Array): MerkleList {
  if (bytes.length > merkleListBounds.bytes) throw invalid(`it has ${bytes.length} bytes, more than ${merkleListBounds.bytes}`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw invalid("it is not JSON");
  }
  return listOf(value);
}

function listOf(value: unknown): MerkleList {
  const parsed = listSchema.safeParse(value);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  const { runners } = parsed.data;
  requireSorted(runners);
  const entries = runners.map(({ runner, identity }) => ({ runner: getAddress(runner), identity: identity as Hex }));
  const tree = StandardMerkleTree.of(
    entries.map(({ runner, identity }): [string, string] => [runner, identity]),
    ["address", "bytes32"],
  );
  const places = new Map(runners.map(({ runner }, i) => [runner, i]));
  const listBytes = encodeCanonicalJson(parsed.data);
  return {
    root: tree.root as Hex,
    listBytes,
    listHash: `0x${sha256Hex(listBytes)}`,
    entries,
    proofFor: (runner) => {
      const at = places.get(runner.toLowerCase()) ?? -1;
      const entry = entries[at];
      return entry && { identity: entry.identity, proof: encodeGateProof({ identity: entry.identity, path: tree.getProof(at) as Hex[] }) };
    },
  };
}

function requireSorted(runners: readonly { runner: string; identity: string }[]): void {
  for (const [i, { runner, identity }] of runners.entries()) {
    const previous = runners[i - 1];
    if (previous && previous.runner >= runner) throw invalid(`runner ${runner} occurs twice or out of order`);
    if (/^0x0*$/.test(identity)) throw invalid(`runner ${runner} has the identity zero, which a gate uses to refuse`);
  }
}

function invalid(what: string): ParityError {
  return new ParityError("MERKLE_LIST_INVALID", `The list of runners is invalid: ${what}.`);
}
