import assert from "node:assert/strict";
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { type Address, encodeAbiParameters, type Hex, keccak256, toHex } from "viem";
import { answer, identityOf } from "../support/protocol.ts";
import { openWorld, type PostedTask, refused, type World } from "../support/world.ts";

describe("MerkleGate", () => {
  let world: World;
  let gate: Address;
  let tree: StandardMerkleTree<[Address, Hex]>;
  let task: PostedTask;
  const shared = answer("one operator, two addresses");
  const runner = (i: number) => world.runners[i] as Address;

  before(async () => {
    world = await openWorld();
    const own = [0, 1, 2].map((i): [Address, Hex] => [runner(i), identityOf(runner(i))]);
    tree = StandardMerkleTree.of([...own, [runner(3), shared], [runner(4), shared]], ["address", "bytes32"]);
    gate = (await world.chain.deploy("gates/MerkleGate", [tree.root, keccak256(toHex("list"))])).address;
  });
  after(() => world.chain.close());
  beforeEach(async () => {
    task = await world.post({ gate, slots: 5 });
  });

  function proofOf(index: number, identity: Hex): Hex {
    const path = tree.getProof(index) as Hex[];
    return encodeAbiParameters([{ type: "bytes32" }, { type: "bytes32[]" }], [identity, path]);
  }

  it("admits a listed address under its identity", async () => {
    await world.reserve(task, runner(0), proofOf(0, identityOf(runner(0))));
    assert.equal((await world.slotOf(task, identityOf(runner(0)))).number, 1);
  });

  it("refuses an address that is not on the list, a proof of another, another identity, and no proof", async () => {
    const notAdmitted = (i: number) => [gate, runner(i)];
    await refused(world.reserve(task, runner(9), proofOf(0, identityOf(runner(0)))), "RunnerNotAdmitted", notAdmitted(9));
    await refused(world.reserve(task, runner(1), proofOf(0, identityOf(runner(0)))), "RunnerNotAdmitted", notAdmitted(1));
    await refused(world.reserve(task, runner(0), proofOf(0, identityOf(runner(9)))), "RunnerNotAdmitted", notAdmitted(0));
    await refused(world.reserve(task, runner(0), "0x"), "RunnerNotAdmitted", notAdmitted(0));
    await refused(world.reserve(task, runner(0), "0x1234"), "RunnerNotAdmitted", notAdmitted(0));
  });

  it("gives two addresses of one identity one slot (I10)", async () => {
    await world.reserve(task, runner(3), proofOf(3, shared));
    await refused(world.reserve(task, runner(4), proofOf(4, shared)), "SlotAlreadyTaken", [shared]);
  });

  it("is not asked again for a reserved slot, nor for a reveal or a claim (I17)", async () => {
    const single = await world.post({ gate, slots: 1, quorum: 1 });
    await world.reserve(single, runner(0), proofOf(0, identityOf(runner(0))));
    await world.chain.request("hardhat_setCode", [gate, "0xfe"]); // from now on it fails whatever it is asked
    const opening = world.openingOf(runner(0), "a");
    await world.commitReserved(single, runner(0), opening);
    await world.toReveals(single);
    await world.reveal(single, opening);
    await world.claim(single, opening);
  });
});
