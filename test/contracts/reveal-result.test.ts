import assert from "node:assert/strict";
import type { Address, Hex } from "viem";
import { answer, identityOf, type Opening, phase } from "./support/protocol.ts";
import { eventsOf, openWorld, refused, type World } from "./support/world.ts";

describe("revealResult", () => {
  let world: World;
  let snapshot: Hex;
  let runner: Address;
  let other: Address;
  before(async () => {
    world = await openWorld();
    [runner, other] = world.runners as [Address, Address];
  });
  after(() => world.chain.close());
  beforeEach(async () => {
    snapshot = await world.chain.snapshot();
  });
  afterEach(() => world.chain.revert(snapshot));

  it("refuses before the reveal phase (I11)", async () => {
    const { task, openings } = await world.sealedTask(["a", "a", "a"]);
    await refused(world.reveal(task, openings[0]), "WrongPhase", [phase.SEALED, phase.REVEALING]);
    const { state } = await world.taskOf(task);
    await world.chain.request("evm_setNextBlockTimestamp", [state.closesAt + 59]);
    await refused(world.reveal(task, openings[0]), "WrongPhase", [phase.SEALED, phase.REVEALING]);
  });

  it("accepts from the first second of the window to the last (I11)", async () => {
    const { task, openings } = await world.sealedTask(["a", "a", "b"]);
    const { state } = await world.taskOf(task);
    await world.chain.request("evm_setNextBlockTimestamp", [state.closesAt + 60]);
    await world.reveal(task, openings[0]);
    await world.chain.request("evm_setNextBlockTimestamp", [state.closesAt + 659]);
    await world.reveal(task, openings[1]);
    await world.chain.request("evm_setNextBlockTimestamp", [state.closesAt + 660]);
    await refused(world.reveal(task, openings[2]), "WrongPhase", [phase.ACCEPTED, phase.REVEALING]);
  });

  it("refuses in a DEAD task (I11)", async () => {
    const { task, openings } = await world.sealedTask(["a"], { slots: 3, quorum: 2 });
    await world.toReveals(task);
    await refused(world.reveal(task, openings[0]), "WrongPhase", [phase.DEAD, phase.REVEALING]);
  });

  it("refuses an identity without a slot, and a slot without a commitment", async () => {
    const { task } = await world.sealedTask(["a", "a"], { slots: 4, quorum: 3 });
    const late = world.runners[2] as Address;
    await world.commit(task, late, world.openingOf(late, "a"));
    const idle = world.runners[3] as Address;
    await world.reserve(task, idle);
    await world.toReveals(task);
    const stranger = world.runners[9] as Address;
    await refused(world.reveal(task, world.openingOf(stranger, "a")), "NoSlot", [identityOf(stranger)]);
    await refused(world.reveal(task, world.openingOf(idle, "a")), "NotCommitted", [identityOf(idle)]);
  });

  it("refuses an opening that differs in any field", async () => {
    const { task, openings } = await world.sealedTask(["a", "a", "a"]);
    await world.toReveals(task);
    const [opening] = openings;
    const required = world.commitmentOf(task.taskId, opening);
    for (const change of [{ payee: other }, { outputHash: answer("b") }, { salt: answer("salt") }]) {
      const wrong = { ...opening, ...change };
      await refused(world.reveal(task, wrong), "WrongOpening", [world.commitmentOf(task.taskId, wrong), required]);
    }
  });

  it("refuses a copied commitment under the copier's identity (I12)", async () => {
    const task = await world.post();
    const opening = world.openingOf(runner, "a");
    await world.commit(task, runner, opening);
    const copied = world.commitmentOf(task.taskId, opening);
    await world.send(other, "commitResult", [task.key, identityOf(other), copied, "0x"]);
    await world.toDeadline(task);
    await world.toReveals(task);
    await world.reveal(task, opening);
    for (const payee of [runner, other]) {
      await refused(world.reveal(task, { ...opening, identity: identityOf(other), payee }), "WrongOpening");
    }
  });

  it("refuses to reveal twice (I11)", async () => {
    const { task, openings } = await world.sealedTask(["a", "a", "a"]);
    await world.toReveals(task);
    await world.reveal(task, openings[0]);
    await refused(world.reveal(task, openings[0]), "AlreadyRevealed", [openings[0].identity]);
  });

  it("counts the vote of whoever's opening it is, whoever calls, and tells it", async () => {
    const { task, openings } = await world.sealedTask(["a", "b", "a"]);
    await world.toReveals(task);
    const receipt = await world.reveal(task, openings[1], world.bystander);
    assert.deepEqual(eventsOf(receipt, "ResultRevealed"), [{ taskId: task.taskId, ...openings[1] }]);
    const { state } = await world.taskOf(task);
    assert.deepEqual([state.revealedMask, state.leadingVotes], [0b010, 1]);
    assert.deepEqual(await world.resultOf(task), { isDecided: false, outputHash: `0x${"00".repeat(32)}`, matching: 1 });
  });

  it("decides with the q-th equal answer, once and for ever (I7)", async () => {
    const { task, openings } = await world.sealedTask(["b", "a", "a", "a"]);
    await world.toReveals(task);
    const receipts = [];
    for (const opening of openings.slice(0, 3)) receipts.push(await world.reveal(task, opening));
    assert.equal((await world.resultOf(task)).isDecided, false);
    receipts.push(await world.reveal(task, openings[3] as Opening));
    assert.deepEqual(await world.resultOf(task), { isDecided: true, outputHash: answer("a"), matching: 3 });
    const decided = receipts.map((receipt) => eventsOf(receipt, "TaskDecided"));
    assert.deepEqual(decided, [[], [], [], [{ taskId: task.taskId, outputHash: answer("a") }]]);
    assert.equal((await world.taskOf(task)).phase, "ACCEPTED");
  });

  it("keeps the result when the overtaken first answer is revealed again (I7)", async () => {
    const { task, openings } = await world.sealedTask(["b", "a", "a", "a", "b"]);
    await world.toReveals(task);
    for (const opening of openings) await world.reveal(task, opening);
    assert.deepEqual(await world.resultOf(task), { isDecided: true, outputHash: answer("a"), matching: 3 });
  });

  it("tells the decision once, however many more agree", async () => {
    const { task, openings } = await world.sealedTask(["a", "a", "a", "a"], { quorum: 3 });
    await world.toReveals(task);
    const decisions = [];
    for (const opening of openings) decisions.push(eventsOf(await world.reveal(task, opening), "TaskDecided").length);
    assert.deepEqual(decisions, [0, 0, 1, 0]);
    assert.equal((await world.resultOf(task)).matching, 4);
  });

  it("tells no decision again when another answer follows", async () => {
    const { task, openings } = await world.sealedTask(["a", "a", "b", "a"], { quorum: 3, slots: 4 });
    await world.toReveals(task);
    const decisions = [];
    for (const i of [0, 1, 3, 2]) decisions.push(eventsOf(await world.reveal(task, openings[i] as Opening), "TaskDecided").length);
    assert.deepEqual(decisions, [0, 0, 1, 0]);
  });

  it("counts all 24 slots (a bit count that is wrong above the eighth slot fails here)", async () => {
    const { task, openings } = await world.sealedTask(Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? "a" : i === 23 ? "a" : "b")));
    await world.toReveals(task);
    for (const opening of openings) await world.reveal(task, opening);
    assert.deepEqual(await world.resultOf(task), { isDecided: true, outputHash: answer("a"), matching: 13 });
    const { state, phase: phaseNow } = await world.taskOf(task);
    assert.deepEqual([state.revealedMask, phaseNow], [0xffffff, "ACCEPTED"]);
  });

  it("closes the task as soon as every committed slot has revealed, and a reserved one does not hold it up", async () => {
    const { task, openings } = await world.sealedTask(["a", "a"], { slots: 3, quorum: 2 });
    await world.reserve(task, world.runners[5] as Address);
    await world.toDeadline(task);
    await world.toReveals(task);
    for (const opening of openings) await world.reveal(task, opening);
    assert.equal((await world.taskOf(task)).phase, "ACCEPTED");
  });
});
