import assert from "node:assert/strict";
import { type Address, addressOfIdentity, commitmentOf, identityOf, type TaskTerms, taskIdOf, termsHashOf } from "@parity-protocol/sdk";
import { AbiCoder, keccak256 as ethersKeccak256 } from "ethers";
import fc from "fast-check";
import { anyOpening, anyTerms } from "../../support/protocol-builders.ts";

const escrow: Address = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const chainId = 31_337;

const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => toHex(bytes) as Address);
const word = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const wei = fc.bigInt({ min: 0n, max: 2n ** 96n - 1n });
const terms: fc.Arbitrary<TaskTerms> = fc.record({
  bountyWei: wei,
  bondWei: wei,
  slots: fc.nat(255),
  quorum: fc.nat(255),
  commitDeadline: fc.nat(2 ** 31 - 1),
  revealDelaySeconds: fc.nat(2 ** 24 - 1),
  revealWindowSeconds: fc.nat(2 ** 24 - 1),
  gate: address,
  jobHash: word,
  nonce: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
});

function toHex(bytes: Uint8Array): `0x${string}` {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function hashWithEthers(types: string[], values: unknown[]): string {
  return ethersKeccak256(AbiCoder.defaultAbiCoder().encode(types, values));
}

describe("termsHashOf and taskIdOf", () => {
  const termsType = "tuple(uint96,uint96,uint8,uint8,uint40,uint24,uint24,address,bytes32,uint256)";

  it("agree with ethers on any terms", () => {
    fc.assert(
      fc.property(fc.record({ terms, escrow: address, submitter: address, chainId: fc.bigInt({ min: 1n, max: 2n ** 64n }) }), (task) => {
        const { submitter, chainId } = task;
        const termsHash = termsHashOf(task);
        assert.equal(termsHash, hashWithEthers(["uint256", "address", termsType], [chainId, task.escrow, Object.values(task.terms)]));
        assert.equal(taskIdOf({ submitter, termsHash }), hashWithEthers(["address", "bytes32"], [submitter, termsHash]));
      }),
    );
  });

  it("bind the chain, the escrow, the submitter and every term", () => {
    const base = anyTerms();
    const changes: Partial<TaskTerms>[] = [
      {},
      { bountyWei: 2_000_000n },
      { bondWei: 1n },
      { slots: 4 },
      { quorum: 4 },
      { commitDeadline: 2_000_000_001 },
      { revealDelaySeconds: 13 },
      { revealWindowSeconds: 61 },
      { gate: escrow },
      { jobHash: `0x${"12".repeat(32)}` },
      { nonce: 1n },
    ];
    const hashes: string[] = changes.map((change) => termsHashOf({ chainId, escrow, terms: { ...base, ...change } }));
    hashes.push(termsHashOf({ chainId: 1, escrow, terms: base }), termsHashOf({ chainId, escrow: base.gate, terms: base }));
    assert.equal(new Set(hashes).size, hashes.length);
  });
});

describe("commitmentOf", () => {
  const types = ["uint256", "address", "bytes32", "bytes32", "address", "bytes32", "bytes32"];

  it("is the first 31 bytes of what ethers hashes, for any opening", () => {
    fc.assert(
      fc.property(word, fc.record({ identity: word, payee: address, outputHash: word, salt: word }), (taskId, opening) => {
        const hash = hashWithEthers(types, [chainId, escrow, taskId, opening.identity, opening.payee, opening.outputHash, opening.salt]);
        assert.equal(commitmentOf({ chainId, escrow, taskId, opening }), hash.slice(0, 64));
      }),
    );
  });

  it("binds the identity, so that a copied commitment opens for nobody else", () => {
    const taskId = `0x${"55".repeat(32)}` as const;
    const own = commitmentOf({ chainId, escrow, taskId, opening: anyOpening() });
    const copied = commitmentOf({ chainId, escrow, taskId, opening: anyOpening({ identity: identityOf(escrow) }) });
    assert.notEqual(own, copied);
  });
});

describe("identityOf", () => {
  it("pads the address to 32 bytes on the left", () => {
    assert.equal(identityOf(escrow), `0x${"0".repeat(24)}${escrow.slice(2).toLowerCase()}`);
  });

  it("is undone by addressOfIdentity", () => {
    assert.equal(addressOfIdentity(identityOf(escrow)), escrow);
  });

  it("is not found in an identity of another form", () => {
    assert.equal(addressOfIdentity(`0x${"11".repeat(32)}`), undefined);
  });
});
