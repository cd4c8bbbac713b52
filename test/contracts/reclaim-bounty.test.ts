import assert from "node:assert/strict";
import type { Address, Hex } from "viem";
import { phase } from "./support/protocol.ts";
import { eventsOf, openWorld, type PostedTask, refused, type World } from "./support/world.ts";

describe("reclaimBounty", () => {
  let world: World;
  let snapshot: Hex;
  before(async () => {
    world = await openWorld({ asset: "token" }); // no gas in the submitter's balance
  });
  after(() => world.chain.close());
  beforeEach(async () => {
    snapshot = await world.chain.snapshot();
  });
  afterEach(() => world.chain.revert(snapshot));

  /** What a reclaim returns to the submitter, whoever calls. */
  async function reclaimed(task: PostedTask): Promise<bigint> {
    const before = await world.balanceOf(world.submitter);
    const receipt = await world.reclaim(task, world.bystander);
    const amount = (await world.balanceOf(world.submitter)) - before;
    assert.deepEqual(eventsOf(receipt, "BountyReclaimed"), [{ taskId: task.taskId, submitter: world.submitter, amount }]);
    return amount;
  }

  it("refuses before the task is closed", async () => {
    const open = await world.post();
    await refused(world.reclaim(open), "TaskNotClosed", [phase.OPEN]);
    const { task } = await world.sealedTask(["a", "a", "a"]);
    await refused(world.reclaim(task), "TaskNotClosed", [phase.SEALED]);
    await world.toReveals(task);
    await refused(world.reclaim(task), "TaskNotClosed", [phase.REVEALING]);
  });

  it("refuses somebody else's key: it names no task", async () => {
    const task = await world.post();
    await world.toDeadline(task);
    const forged = { ...task, key: { ...task.key, submitter: world.bystander } };
    await refused(world.reclaim(forged), "TaskNotClosed", [phase.NONE]);
  });

  it("returns the whole bounty of a DEAD task, once (I8)", async () => {
    const { task } = await world.sealedTask(["a"], { slots: 3, quorum: 2, bounty: 1000n });
    await world.toDeadline(task);
    assert.equal(await reclaimed(task), 1000n);
    await refused(world.reclaim(task), "AlreadyReclaimed", [task.taskId]);
    assert.equal((await world.taskOf(task)).state.flags & 2, 2);
  });

  it("returns the whole bounty of a VOID task, and leaves the bonds (I8, I15)", async () => {
    const { task, openings } = await world.sealedTask(["a", "b", "c"], { bounty: 1000n, bond: 10n });
    await world.toReveals(task);
    for (const opening of openings) await world.reveal(task, opening);
    assert.equal(await reclaimed(task), 1000n);
    for (const opening of openings) await world.claim(task, opening);
    assert.equal(await world.balanceOf(world.escrow), 0n);
  });

  it("returns the remainder of an accepted one, before or after the claims (I8)", async () => {
    const { task, openings } = await world.sealedTask(["a", "a", "a"], { bounty: 1001n });
    await world.toReveals(task);
    for (const opening of openings) await world.reveal(task, opening);
    await world.claim(task, openings[0]);
    assert.equal(await reclaimed(task), 2n);
    for (const opening of openings.slice(1)) await world.claim(task, opening);
    assert.equal(await world.balanceOf(world.escrow), 0n);
  });

  it("returns the forfeited bonds that do not divide among the revealers (I3)", async () => {
    const { task, openings } = await world.sealedTask(["a", "a", "a", "a"], { bounty: 900n, bond: 10n });
    await world.toReveals(task);
    for (const opening of openings.slice(0, 3)) await world.reveal(task, opening);
    await world.toEnd(task);
    assert.equal(await reclaimed(task), 1n); // 900 divides by 3, the bond of 10 leaves 1
    for (const opening of openings) await world.claim(task, opening);
    assert.equal(await world.balanceOf(world.escrow), 0n);
  });

  it("returns all bonds where nobody revealed: nobody earned them (I3)", async () => {
    const { task } = await world.sealedTask(["a", "a", "a"], { bounty: 900n, bond: 10n });
    await world.toEnd(task);
    assert.equal(await reclaimed(task), 930n);
    assert.equal(await world.balanceOf(world.escrow), 0n);
  });

  it("returns the bounty alone where nobody committed: the bonds go home", async () => {
    const task = await world.post({ bounty: 900n, bond: 10n });
    await world.reserve(task, world.runners[0] as Address);
    await world.toDeadline(task);
    assert.equal(await reclaimed(task), 900n);
    assert.equal(await world.balanceOf(world.escrow), 10n);
  });

  it("returns the odd part of what forfeiters left in a DEAD task", async () => {
    const { task, openings } = await world.sealedTask(["a", "a"], { slots: 5, quorum: 4, bounty: 900n, bond: 15n });
    for (const i of [2, 3, 4]) await world.reserve(task, world.runners[i] as Address);
    await world.toDeadline(task);
    assert.equal(await reclaimed(task), 901n);
    for (const opening of openings) await world.claim(task, opening);
    assert.equal(await world.balanceOf(world.escrow), 0n);
  });
});
