import assert from "node:assert/strict";
import { type Address, type Hex, zeroHash } from "viem";
import { identityOf } from "./support/protocol.ts";
import { eventsOf, openWorld, refused, type World } from "./support/world.ts";

/** Bugs that prototypes of the escrow had; each must stay out. */
describe("bugs of the prototypes", () => {
  let world: World;
  let snapshot: Hex;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.chain.close());
  beforeEach(async () => {
    snapshot = await world.chain.snapshot();
  });
  afterEach(() => world.chain.revert(snapshot));

  it("bonds of a DEAD task are not paid twice: not by a claim and a reclaim, nor by two claims", async () => {
    const { task, openings } = await world.sealedTask(["a", "a"], { slots: 5, quorum: 3, bond: 10n, bounty: 100n });
    await world.reserve(task, world.runners[2] as Address);
    await world.toDeadline(task);
    const [reclaimed] = eventsOf(await world.reclaim(task), "BountyReclaimed");
    assert.equal(reclaimed?.amount, 100n);
    for (const opening of openings) {
      const [claim] = eventsOf(await world.claim(task, opening), "PayoutClaimed");
      assert.equal(claim?.bond, 15n);
      await refused(world.claim(task, opening), "NoSlot");
    }
    await refused(world.reclaim(task), "AlreadyReclaimed");
    assert.equal(await world.balanceOf(world.escrow), 0n);
  });

  it("a no-show does not escape its strike by claiming for itself", async () => {
    const { task, openings } = await world.sealedTask(["a", "a", "a"], { bond: 10n });
    await world.toReveals(task);
    for (const opening of openings.slice(0, 2)) await world.reveal(task, opening);
    await world.toEnd(task);
    const [, , absent] = openings;
    const receipt = await world.claim(task, absent, absent.payee);
    assert.deepEqual(
      eventsOf(receipt, "PayoutClaimed").map(({ share, bond }) => [share, bond]),
      [[0n, 0n]],
    );
    assert.equal(await world.strikesOf(world.submitter, absent.identity), 1);
    const reserved = {
      identity: identityOf(world.runners[9] as Address),
      payee: world.runners[9] as Address,
      outputHash: zeroHash,
      salt: zeroHash,
    };
    await refused(world.claim(task, reserved), "NoSlot");
  });

  it("a commitment names its runner: who copies one cannot open it", async () => {
    const task = await world.post();
    const [runner, copier] = world.runners as [Address, Address];
    const opening = world.openingOf(runner, "a");
    const copied = world.commitmentOf(task.taskId, opening);
    await world.send(copier, "commitResult", [task.key, identityOf(copier), copied, "0x"]);
    await world.commit(task, runner, opening); // the copy came first, and does not keep the original out
    await world.toDeadline(task);
    await world.toReveals(task);
    await refused(world.reveal(task, { ...opening, identity: identityOf(copier) }), "WrongOpening");
    await refused(world.reveal(task, { ...opening, identity: identityOf(copier), payee: copier }), "WrongOpening");
    await world.reveal(task, opening);
  });

  it("bits above the seventh are counted", async () => {
    const { task, openings } = await world.sealedTask(Array.from({ length: 24 }, () => "a"));
    await world.toReveals(task);
    for (const [i, opening] of openings.entries()) {
      await world.reveal(task, opening);
      assert.equal((await world.resultOf(task)).matching, i + 1);
    }
  });
});
