import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { AbiCoder, dataSlice, keccak256 } from "ethers";
import type { Address, Hex } from "viem";
import { type Chain, openChain } from "./support/chain.ts";
import { commitmentOf, type Opening, type Terms, taskIdOf, termsHashOf } from "./support/protocol.ts";

interface Vector {
  name: string;
  chainId: string;
  escrow: Address;
  submitter: Address;
  terms: Omit<Terms, "bounty" | "bond" | "nonce"> & { bounty: string; bond: string; nonce: string };
  opening: Opening;
  termsHash: Hex;
  taskId: Hex;
  commitment: Hex;
}

const file = new URL("../vectors/protocol.json", import.meta.url);
const termsTuple = "tuple(uint96,uint96,uint8,uint8,uint40,uint24,uint24,address,bytes32,uint256)";

/** The terms of a vector with the amounts as bigint. */
function termsOf({ terms }: Vector): Terms {
  return { ...terms, bounty: BigInt(terms.bounty), bond: BigInt(terms.bond), nonce: BigInt(terms.nonce) };
}

describe("the protocol's test vectors", () => {
  let chain: Chain;
  let hashes: Awaited<ReturnType<Chain["deploy"]>>;
  let vectors: Vector[];
  before(async () => {
    chain = await openChain();
    hashes = await chain.deploy("mocks/ProtocolHashes");
    vectors = JSON.parse(await readFile(file, "utf8")) as Vector[];
  });
  after(() => chain.close());

  const onChain = (fn: string, args: unknown[]) => chain.read({ to: hashes.address, abi: hashes.abi, fn, args });

  it("are several", () => assert.ok(vectors.length >= 5));

  it("are what Solidity computes", async () => {
    for (const vector of vectors) {
      const { chainId, escrow, submitter, termsHash, taskId, opening, name } = vector;
      assert.equal(await onChain("termsHashOf", [BigInt(chainId), escrow, termsOf(vector)]), termsHash, name);
      assert.equal(await onChain("taskIdOf", [{ submitter, termsHash }]), taskId, name);
      assert.equal(await onChain("commitmentOf", [BigInt(chainId), escrow, taskId, opening]), vector.commitment, name);
    }
  });

  it("are what viem computes", () => {
    for (const vector of vectors) {
      const place = { chainId: BigInt(vector.chainId), escrow: vector.escrow };
      assert.equal(termsHashOf(place, termsOf(vector)), vector.termsHash, vector.name);
      assert.equal(taskIdOf(vector), vector.taskId, vector.name);
      assert.equal(commitmentOf(place, vector.taskId, vector.opening), vector.commitment, vector.name);
    }
  });

  it("are what ethers computes", () => {
    const coder = AbiCoder.defaultAbiCoder();
    for (const { name, chainId, escrow, submitter, terms, termsHash, taskId, opening, commitment } of vectors) {
      const encodedTerms = coder.encode(["uint256", "address", termsTuple], [chainId, escrow, Object.values(terms)]);
      assert.equal(keccak256(encodedTerms), termsHash, name);
      assert.equal(keccak256(coder.encode(["address", "bytes32"], [submitter, termsHash])), taskId, name);
      const types = ["uint256", "address", "bytes32", "bytes32", "address", "bytes32", "bytes32"];
      const { identity, payee, outputHash, salt } = opening;
      const encoded = coder.encode(types, [chainId, escrow, taskId, identity, payee, outputHash, salt]);
      assert.equal(dataSlice(keccak256(encoded), 0, 31), commitment, name);
    }
  });
});
