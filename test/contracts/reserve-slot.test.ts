import assert from "node:assert/strict";
import type { Address, Hex } from "viem";
import { identityOf, phase } from "./support/protocol.ts";
import { eventsOf, openWorld, type PostedTask, refused, type World } from "./support/world.ts";

describe("reserveSlot", () => {
  let world: World;
  let snapshot: Hex;
  let runner: Address;
  let other: Address;
  let task: PostedTask;
  before(async () => {
    world = await openWorld();
    [runner, other] = world.runners as [Address, Address];
  });
  after(() => world.chain.close());
  beforeEach(async () => {
    snapshot = await world.chain.snapshot();
    task = await world.post({ bond: 50n });
  });
  afterEach(() => world.chain.revert(snapshot));

  it("refuses a task that was never posted", async () => {
    const key = { ...task.key, submitter: other };
    await refused(world.send(runner, "reserveSlot", [key, "0x"], 50n), "WrongPhase", [phase.NONE, phase.OPEN]);
  });

  it("refuses when the deadline has come", async () => {
    await world.chain.request("evm_setNextBlockTimestamp", [task.terms.commitDeadline]);
    await refused(world.reserve(task, runner), "WrongPhase", [phase.DEAD, phase.OPEN]);
  });

  it("accepts one second before the deadline", async () => {
    await world.chain.request("evm_setNextBlockTimestamp", [task.terms.commitDeadline - 1]);
    await world.reserve(task, runner);
  });

  it("refuses when every slot is taken", async () => {
    for (const each of world.runners.slice(0, 3)) await world.reserve(task, each);
    await refused(world.reserve(task, world.runners[3] as Address), "NoFreeSlot", [3, 3]);
  });

  it("refuses the submitter", () => refused(world.reserve(task, world.submitter), "RunnerIsSubmitter", [world.submitter]));

  it("refuses an identity that has a slot (I10)", async () => {
    await world.reserve(task, runner);
    await refused(world.reserve(task, runner), "SlotAlreadyTaken", [identityOf(runner)]);
  });

  it("refuses any value but the bond", async () => {
    await refused(world.send(runner, "reserveSlot", [task.key, "0x"], 49n), "WrongValue", [49, 50]);
    await refused(world.send(runner, "reserveSlot", [task.key, "0x"], 51n), "WrongValue", [51, 50]);
  });

  it("takes the bond, counts the slot, stores the reserver and tells it", async () => {
    const before = await world.balanceOf(world.escrow);
    await world.reserve(task, other);
    const receipt = await world.reserve(task, runner);
    assert.equal(await world.balanceOf(world.escrow), before + 100n);
    const { state, phase: phaseNow } = await world.taskOf(task);
    assert.deepEqual([state.reserved, state.committed, phaseNow], [2, 0, "OPEN"]);
    const seal = `${runner.toLowerCase()}${"00".repeat(11)}`;
    assert.deepEqual(await world.slotOf(task, identityOf(runner)), { number: 2, seal });
    assert.deepEqual(eventsOf(receipt, "SlotReserved"), [{ taskId: task.taskId, identity: identityOf(runner), runner, slot: 2 }]);
  });

  it("takes nothing for a task without a bond", async () => {
    const free = await world.post();
    const before = await world.balanceOf(world.escrow);
    await world.reserve(free, runner);
    assert.equal(await world.balanceOf(world.escrow), before);
  });
});
