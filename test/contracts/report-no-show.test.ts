import assert from "node:assert/strict";
import type { Address, Hex } from "viem";
import { identityOf, phase } from "./support/protocol.ts";
import { eventsOf, openWorld, refused, type World } from "./support/world.ts";

describe("reportNoShow", () => {
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

  const runner = (i: number) => world.runners[i] as Address;

  it("refuses before the task is closed", async () => {
    const { task, openings } = await world.sealedTask(["a", "a", "a"]);
    await refused(world.report(task, openings[0].identity), "TaskNotClosed", [phase.SEALED]);
    await world.toReveals(task);
    await refused(world.report(task, openings[0].identity), "TaskNotClosed", [phase.REVEALING]);
  });

  it("refuses an identity without a slot, and one that revealed", async () => {
    const { task, openings } = await world.sealedTask(["a", "a", "b"]);
    await world.toReveals(task);
    for (const opening of openings) await world.reveal(task, opening);
    await refused(world.report(task, identityOf(runner(9))), "NoSlot", [identityOf(runner(9))]);
    for (const { identity } of openings) await refused(world.report(task, identity), "NotANoShow", [identity]);
  });

  it("strikes a commitment that was not revealed and a reservation that was not used, once", async () => {
    const { task, openings } = await world.sealedTask(["a", "a", "a"], { slots: 4, quorum: 3, bond: 10n });
    await world.reserve(task, runner(3));
    await world.toDeadline(task);
    await world.toReveals(task);
    for (const opening of openings.slice(0, 2)) await world.reveal(task, opening);
    await world.toEnd(task);
    const before = await world.balanceOf(world.escrow);
    for (const identity of [openings[2].identity, identityOf(runner(3))]) {
      const strike = { scope: world.submitter, identity, taskId: task.taskId, strikes: 1 };
      assert.deepEqual(eventsOf(await world.report(task, identity), "StrikeRecorded"), [strike]);
      assert.equal(await world.strikesOf(world.submitter, identity), 1);
      await refused(world.report(task, identity), "NoSlot");
    }
    assert.equal(await world.balanceOf(world.escrow), before);
    await refused(world.claim(task, openings[2]), "NoSlot");
  });

  describe("given a DEAD task", () => {
    it("strikes who reserved and did not commit, where another did, and never who committed", async () => {
      const { task, openings } = await world.sealedTask(["a"], { slots: 3, quorum: 2, bond: 10n });
      await world.reserve(task, runner(1));
      await world.toDeadline(task);
      await refused(world.report(task, openings[0].identity), "NotANoShow", [openings[0].identity]);
      await world.report(task, identityOf(runner(1)));
      assert.equal(await world.strikesOf(world.submitter, identityOf(runner(1))), 1);
      const [claim] = eventsOf(await world.claim(task, openings[0]), "PayoutClaimed");
      assert.equal(claim?.bond, 20n);
    });

    it("strikes nobody where nobody committed", async () => {
      const task = await world.post({ bond: 10n });
      await world.reserve(task, runner(0));
      await world.toDeadline(task);
      await refused(world.report(task, identityOf(runner(0))), "NotANoShow", [identityOf(runner(0))]);
    });
  });
});
