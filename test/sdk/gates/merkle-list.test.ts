import assert from "node:assert/strict";
import { buildMerkleList, decodeMerkleList, encodeCanonicalJson, identityOf, isParityError, merkleListBounds } from "@parity-protocol/sdk";
import { numberToHex, pad } from "viem";

const runners = ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"] as const;
const isInvalid = (error: unknown) => isParityError(error, "MERKLE_LIST_INVALID");
const sharedIdentity = `0x${"77".repeat(32)}` as const;

function listWith(change: Record<string, unknown>): Uint8Array {
  const entries = runners.map((runner) => ({ runner: runner.toLowerCase(), identity: identityOf(runner) })).reverse();
  return encodeCanonicalJson({ version: 1, runners: entries, ...change });
}

describe("buildMerkleList", () => {
  it("does not depend on the order of the runners", () => {
    const [there, back] = [runners, [...runners].reverse()].map((order) => buildMerkleList(order.map((runner) => ({ runner }))));
    assert.equal(there?.listHash, back?.listHash);
    assert.equal(there?.root, back?.root);
  });

  it("gives runners without another identity their padded address", () => {
    const { entries } = buildMerkleList([{ runner: runners[0] }, { runner: runners[1], identity: sharedIdentity }]);
    assert.deepEqual(entries.map((entry) => entry.identity).sort(), [identityOf(runners[0]), sharedIdentity].sort());
  });

  it("proves nothing for a runner that is not on the list", () => {
    assert.equal(buildMerkleList([{ runner: runners[0] }]).proofFor(runners[1]), undefined);
  });

  it("takes the longest list within its bytes, and refuses a longer one", () => {
    const entries = Array.from({ length: merkleListBounds.entries }, (_, i) => ({ runner: pad(numberToHex(i + 1), { size: 20 }) }));
    const { listBytes, root } = buildMerkleList(entries);
    assert.equal(decodeMerkleList(listBytes).root, root);
    assert.throws(() => buildMerkleList([...entries, { runner: runners[0] }]), isInvalid);
    assert.throws(() => decodeMerkleList(new Uint8Array(merkleListBounds.bytes + 1)), isInvalid);
  });

  it("refuses an empty list, a runner that occurs twice, and the identity zero", () => {
    assert.throws(() => buildMerkleList([]), isInvalid);
    assert.throws(() => buildMerkleList([{ runner: runners[0] }, { runner: runners[0] }]), isInvalid);
    assert.throws(() => buildMerkleList([{ runner: runners[0], identity: `0x${"0".repeat(64)}` }]), isInvalid);
  });
});

describe("decodeMerkleList", () => {
  it("reads what was built", () => {
    const built = buildMerkleList(runners.map((runner) => ({ runner })));
    const decoded = decodeMerkleList(built.listBytes);
    assert.equal(decoded.root, built.root);
    assert.deepEqual(decoded.proofFor(runners[0]), built.proofFor(runners[0]));
  });

  for (const [name, bytes] of [
    ["bytes that are not JSON", new Uint8Array([0xff, 0x00])],
    ["an unknown field", listWith({ admin: true })],
    ["another version", listWith({ version: 2 })],
    ["a runner that is no address", listWith({ runners: [{ runner: "0x12", identity: sharedIdentity }] })],
    ["runners out of order", listWith({ runners: runners.map((runner) => ({ runner: runner.toLowerCase(), identity: sharedIdentity })) })],
  ] as const)
    it(`refuses ${name}`, () => {
      assert.throws(() => decodeMerkleList(bytes), isInvalid);
    });
});
