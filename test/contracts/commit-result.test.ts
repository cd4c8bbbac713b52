import assert from "node:assert/strict";
import { type Address, type Hex, zeroHash } from "viem";
import { identityOf, type Opening, phase } from "./support/protocol.ts";
import { eventsOf, openWorld, type PostedTask, refused, type World } from "./support/world.ts";

describe("commitResult", () => {
  let world: World;
  let snapshot: Hex;
  let runner: Address;
  let other: Address;
  let task: PostedTask;
  let opening: Opening;
  before(async () => {
    world = await openWorld();
    [runner, other] = world.runners as [Address, Address];
    opening = world.openingOf(runner, "out");
  });
  after(() => world.chain.close());
  beforeEach(async () => {
    snapshot = await world.chain.snapshot();
    task = await world.post({ bond: 50n });
  });
  afterEach(() => world.chain.revert(snapshot));

  it("refuses a task that was never posted", async () => {
    const key = { ...task.key, termsHash: zeroHash };
    const args = [key, identityOf(runner), world.commitmentOf(task.taskId, opening), "0x"];
    await refused(world.send(runner, "commitResult", args, 50n), "WrongPhase", [phase.NONE, phase.OPEN]);
  });

  it("refuses when the deadline has come, also with a reservation", async () => {
    await world.reserve(task, runner);
    await world.chain.request("evm_setNextBlockTimestamp", [task.terms.commitDeadline]);
    await refused(world.commitReserved(task, runner, opening), "WrongPhase", [phase.DEAD, phase.OPEN]);
  });

  it("refuses a commitment of zero", async () => {
    const args = [task.key, identityOf(runner), `0x${"00".repeat(31)}`, "0x"];
    await refused(world.send(runner, "commitResult", args, 50n), "CommitmentIsZero");
  });

  describe("given no slot", () => {
    it("refuses what a reservation would be refused for", async () => {
      await refused(world.commit(task, world.submitter, opening), "RunnerIsSubmitter");
      for (const each of world.runners.slice(1, 4)) await world.reserve(task, each);
      await refused(world.commit(task, runner, opening), "NoFreeSlot", [3, 3]);
    });

    it("refuses an identity that is not the caller's", () =>
      refused(world.commit(task, other, opening), "WrongIdentity", [identityOf(runner), identityOf(other)]));

    it("refuses any value but the bond", () => refused(world.commitReserved(task, runner, opening), "WrongValue", [0, 50]));

    it("takes a slot and the bond, seals the answer and tells it, without SlotReserved", async () => {
      const before = await world.balanceOf(world.escrow);
      const receipt = await world.commit(task, runner, opening);
      assert.equal(await world.balanceOf(world.escrow), before + 50n);
      const { state } = await world.taskOf(task);
      assert.deepEqual([state.reserved, state.committed, state.closesAt], [1, 1, task.terms.commitDeadline]);
      const commitment = world.commitmentOf(task.taskId, opening);
      assert.deepEqual(await world.slotOf(task, opening.identity), { number: 0x81, seal: commitment });
      const event = { taskId: task.taskId, identity: opening.identity, slot: 1, commitment };
      assert.deepEqual(eventsOf(receipt, "ResultCommitted"), [event]);
      assert.deepEqual(eventsOf(receipt, "SlotReserved"), []);
    });
  });

  describe("given a reserved slot", () => {
    beforeEach(() => world.reserve(task, runner));

    it("refuses another address", () => refused(world.commitReserved(task, other, opening), "WrongReserver", [other, runner]));

    it("refuses any value: the bond is paid", () => refused(world.commit(task, runner, opening), "WrongValue", [50, 0]));

    it("seals the answer into the same slot", async () => {
      await world.commit(task, other, world.openingOf(other, "out"));
      await world.commitReserved(task, runner, opening);
      const { state } = await world.taskOf(task);
      assert.deepEqual([state.reserved, state.committed], [2, 2]);
      const commitment = world.commitmentOf(task.taskId, opening);
      assert.deepEqual(await world.slotOf(task, opening.identity), { number: 0x81, seal: commitment });
    });
  });

  it("refuses to replace a commitment", async () => {
    await world.commit(task, runner, opening);
    await refused(world.commitReserved(task, runner, world.openingOf(runner, "else")), "AlreadyCommitted", [identityOf(runner)]);
  });

  it("ends OPEN with the last slot's commitment", async () => {
    for (const each of world.runners.slice(0, 3)) await world.commit(task, each, world.openingOf(each, "out"));
    const { state, phase: phaseNow } = await world.taskOf(task);
    assert.equal(state.closesAt, await world.chain.now());
    assert.equal(phaseNow, "SEALED");
    const late = world.runners[4] as Address;
    await refused(world.commit(task, late, world.openingOf(late, "out")), "WrongPhase", [phase.SEALED, phase.OPEN]);
  });

  it("stays OPEN while a reserved slot has not committed", async () => {
    for (const each of world.runners.slice(0, 3)) await world.reserve(task, each);
    for (const each of world.runners.slice(0, 2)) await world.commitReserved(task, each, world.openingOf(each, "out"));
    assert.equal((await world.taskOf(task)).phase, "OPEN");
  });
});
