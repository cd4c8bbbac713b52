import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import {
  buildMerkleList,
  commitmentOf,
  decodeJobSpec,
  decodeMerkleList,
  decodeOutputManifest,
  encodeJobSpec,
  encodeOutputManifest,
  type Hex,
  type Opening,
  taskIdOf,
  termsHashOf,
} from "@parity-protocol/sdk";
import type { Address } from "viem";

function read<T>(name: string): T[] {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), "utf8")) as T[];
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

interface ProtocolVector {
  name: string;
  chainId: string;
  escrow: Address;
  submitter: Address;
  terms: {
    bounty: string;
    bond: string;
    slots: number;
    quorum: number;
    commitDeadline: number;
    revealDelay: number;
    revealWindow: number;
    gate: Address;
    jobHash: Hex;
    nonce: string;
  };
  opening: Opening;
  termsHash: Hex;
  taskId: Hex;
  commitment: Hex;
}

describe("the SDK's hashes", () => {
  for (const vector of read<ProtocolVector>("protocol"))
    it(`are those of the contract for ${vector.name}`, () => {
      const { escrow, submitter, termsHash, taskId, opening } = vector;
      const { bounty, bond, nonce, revealDelay, revealWindow, ...same } = vector.terms;
      const terms = {
        ...same,
        bountyWei: BigInt(bounty),
        bondWei: BigInt(bond),
        nonce: BigInt(nonce),
        revealDelaySeconds: revealDelay,
        revealWindowSeconds: revealWindow,
      };
      const chainId = BigInt(vector.chainId);
      assert.equal(termsHashOf({ chainId, escrow, terms }), termsHash);
      assert.equal(taskIdOf({ submitter, termsHash }), taskId);
      assert.equal(commitmentOf({ chainId, escrow, taskId, opening }), vector.commitment);
    });
});

/** `json` is the canonical form, byte for byte; `sha256` was computed by another implementation. */
interface BlobVector {
  name: string;
  json: string;
  sha256: string;
}

describe("the SDK's blobs", () => {
  for (const { name, json, sha256: hash } of read<BlobVector>("job-spec"))
    it(`are the canonical bytes of ${name}`, () => {
      assert.equal(sha256(json), hash);
      assert.deepEqual(encodeJobSpec(decodeJobSpec(bytesOf(json))), bytesOf(json));
    });

  for (const { name, json, sha256: hash } of read<BlobVector>("output-manifest"))
    it(`are the canonical bytes of ${name}`, () => {
      assert.equal(sha256(json), hash);
      assert.deepEqual(encodeOutputManifest(decodeOutputManifest(bytesOf(json))), bytesOf(json));
    });

  for (const { name, json, sha256: hash, root } of read<BlobVector & { root: Hex }>("merkle-list"))
    it(`are the canonical bytes of ${name}, with the root that OpenZeppelin computes`, () => {
      assert.equal(sha256(json), hash);
      const list = decodeMerkleList(bytesOf(json));
      assert.deepEqual([list.root, list.listHash], [root, `0x${hash}`]);
      assert.deepEqual(buildMerkleList(list.entries).listBytes, bytesOf(json));
      const leaves = list.entries.map((entry): [string, string] => [entry.runner, entry.identity]);
      assert.equal(StandardMerkleTree.of(leaves, ["address", "bytes32"]).root, root);
    });
});
