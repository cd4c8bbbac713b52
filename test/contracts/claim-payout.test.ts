import assert from "node:assert/strict";
import { type Address, type Hex, zeroHash } from "viem";
import { answer, identityOf, type Opening, phase } from "./support/protocol.ts";
import { eventsOf, openWorld, type PostedTask, refused, type World } from "./support/world.ts";

for (const asset of ["native", "token"] as const) {
  describe(`claimPayout in an escrow of ${asset === "native" ? "the native asset" : "a token"}`, () => {
    let world: World;
    let snapshot: Hex;
    before(async () => {
      world = await openWorld({ asset });
    });
    after(() => world.chain.close());
    beforeEach(async () => {
      snapshot = await world.chain.snapshot();
    });
    afterEach(() => world.chain.revert(snapshot));

    const runner = (i: number) => world.runners[i] as Address;

    async function revealAll(task: PostedTask, openings: Opening[]): Promise<void> {
      await world.toReveals(task);
      for (const opening of openings) await world.reveal(task, opening);
    }

    /** What a claim pays to the payee of the opening, and its event. */
    async function payoutOf(task: PostedTask, opening: Opening): Promise<{ share: bigint; bond: bigint }> {
      const before = await world.balanceOf(opening.payee);
      const [event] = eventsOf(await world.claim(task, opening), "PayoutClaimed") as { share: bigint; bond: bigint; payee: Address }[];
      assert.ok(event);
      assert.equal((await world.balanceOf(opening.payee)) - before, event.share + event.bond);
      assert.equal(event.payee, opening.payee);
      return { share: event.share, bond: event.bond };
    }

    it("refuses before the task is closed", async () => {
      const { task, openings } = await world.sealedTask(["a", "a", "a"]);
      await refused(world.claim(task, openings[0]), "TaskNotClosed", [phase.SEALED]);
      await world.toReveals(task);
      await world.reveal(task, openings[0]);
      await refused(world.claim(task, openings[0]), "TaskNotClosed", [phase.REVEALING]);
      const unknown = { ...task, key: { ...task.key, termsHash: zeroHash } };
      await refused(world.claim(unknown, openings[0]), "TaskNotClosed", [phase.NONE]);
      const open = await world.post();
      await refused(world.claim(open, openings[0]), "TaskNotClosed", [phase.OPEN]);
    });

    it("refuses an opening that is not the slot's, and an identity without a slot", async () => {
      const { task, openings } = await world.sealedTask(["a", "a", "a"]);
      await revealAll(task, openings);
      await refused(world.claim(task, { ...openings[0], payee: world.bystander }), "WrongOpening");
      await refused(world.claim(task, world.openingOf(runner(9), "a")), "NoSlot", [identityOf(runner(9))]);
    });

    it("pays the payee inside the opening its share and its bond, whoever calls (I4)", async () => {
      const task = await world.post({ slots: 1, quorum: 1, bounty: 1000n, bond: 10n });
      const opening = world.openingOf(runner(0), "a", { payee: runner(7) });
      await world.commit(task, runner(0), opening);
      await revealAll(task, [opening]);
      assert.deepEqual(await payoutOf(task, opening), { share: 1000n, bond: 10n });
    });

    it("refuses to pay a slot twice (I4)", async () => {
      const { task, openings } = await world.sealedTask(["a", "a", "a"]);
      await revealAll(task, openings);
      await world.claim(task, openings[0]);
      await refused(world.claim(task, openings[0]), "NoSlot", [openings[0].identity]);
      assert.deepEqual(await world.slotOf(task, openings[0].identity), { number: 0, seal: `0x${"00".repeat(31)}` });
    });

    it("splits the bounty by floor among the matching, and leaves the rest (I5, I6)", async () => {
      const { task, openings } = await world.sealedTask(["a", "a", "b", "a"], { bounty: 1000n, bond: 10n, quorum: 3 });
      await revealAll(task, openings);
      const payouts = [];
      for (const opening of openings) payouts.push(await payoutOf(task, opening));
      assert.deepEqual(payouts, [
        { share: 333n, bond: 10n },
        { share: 333n, bond: 10n },
        { share: 0n, bond: 10n },
        { share: 333n, bond: 10n },
      ]);
      assert.equal(await world.balanceOf(world.escrow), 1n);
    });

    it("gives a mismatch its bond and a strike (I13, I15)", async () => {
      const { task, openings } = await world.sealedTask(["a", "a", "b"], { bond: 10n });
      await revealAll(task, openings);
      const [, , liar] = openings;
      const receipt = await world.claim(task, liar);
      const strike = { scope: world.submitter, identity: liar.identity, taskId: task.taskId, strikes: 1 };
      assert.deepEqual(eventsOf(receipt, "StrikeRecorded"), [strike]);
      assert.equal(await world.strikesOf(world.submitter, liar.identity), 1);
    });

    it("shares the bonds of those who did not reveal among those who did, by floor (I15)", async () => {
      const answers = ["a", "a", "a", "b", "a"];
      const { task, openings } = await world.sealedTask(answers, { slots: 6, quorum: 4, bond: 10n, bounty: 6000n });
      await world.reserve(task, runner(5));
      await world.toDeadline(task);
      await revealAll(task, openings.slice(0, 4)); // the fifth did not reveal, the sixth did not commit
      await world.toEnd(task);
      assert.equal((await world.taskOf(task)).phase, "VOID");
      for (const opening of openings.slice(0, 4)) assert.deepEqual(await payoutOf(task, opening), { share: 0n, bond: 15n });
      assert.equal(await world.balanceOf(world.escrow), 6000n);
    });

    it("pays nothing to a commitment that was not revealed, strikes it and frees the slot (a no-show that claims for itself)", async () => {
      const { task, openings } = await world.sealedTask(["a", "a", "a"], { bond: 10n });
      await revealAll(task, openings.slice(0, 2));
      await world.toEnd(task);
      const [, , absent] = openings;
      assert.deepEqual(await payoutOf(task, absent), { share: 0n, bond: 0n });
      assert.equal(await world.strikesOf(world.submitter, absent.identity), 1);
      await refused(world.report(task, absent.identity), "NoSlot");
    });

    it("strikes a commitment that was not revealed also without a quorum, and nobody else (section 6)", async () => {
      const { task, openings } = await world.sealedTask(["a", "b", "c"]);
      await revealAll(task, openings.slice(0, 2));
      await world.toEnd(task);
      for (const opening of openings) await world.claim(task, opening);
      const strikes = await Promise.all(openings.map(({ identity }) => world.strikesOf(world.submitter, identity)));
      assert.deepEqual(strikes, [0, 0, 1]);
    });

    it("clears the strikes with a match, and tells it only where there were any", async () => {
      const first = await world.sealedTask(["a", "a", "b"]);
      await revealAll(first.task, first.openings);
      for (const opening of first.openings) await world.claim(first.task, opening);
      const second = await world.sealedTask(["a", "a", "a"]);
      await revealAll(second.task, second.openings);
      const receipts = [];
      for (const opening of second.openings) receipts.push(await world.claim(second.task, opening));
      assert.deepEqual(
        receipts.map((receipt) => eventsOf(receipt, "StrikesCleared").length),
        [0, 0, 1],
      );
      assert.equal(await world.strikesOf(world.submitter, second.openings[2].identity), 0);
    });

    it("refuses a slot that was only reserved: it is for reportNoShow", async () => {
      const { task, openings } = await world.sealedTask(["a", "a"], { slots: 3, quorum: 2, bond: 10n });
      await world.reserve(task, runner(2));
      await world.toDeadline(task);
      await revealAll(task, openings);
      const opening = world.openingOf(runner(2), "", { outputHash: zeroHash, salt: zeroHash });
      await refused(world.claim(task, opening), "NotCommitted", [opening.identity]);
    });

    describe("given a DEAD task", () => {
      it("gives each committer its bond and a part of the forfeited ones, once, and no strike (I15)", async () => {
        const { task, openings } = await world.sealedTask(["a", "a"], { slots: 5, quorum: 4, bond: 15n, bounty: 1000n });
        for (const i of [2, 3, 4]) await world.reserve(task, runner(i));
        await world.toDeadline(task);
        for (const opening of openings) assert.deepEqual(await payoutOf(task, opening), { share: 0n, bond: 15n + 22n });
        for (const opening of openings) await refused(world.claim(task, opening), "NoSlot");
        for (const { identity } of openings) assert.equal(await world.strikesOf(world.submitter, identity), 0);
        await refused(world.claim(task, world.openingOf(runner(2), "")), "NotCommitted");
        await world.reclaim(task);
        assert.equal(await world.balanceOf(world.escrow), 0n);
      });

      it("sends every bond home where nobody committed, to the address that reserved (I15)", async () => {
        const task = await world.post({ slots: 3, bond: 10n, bounty: 100n });
        for (const i of [0, 1]) await world.reserve(task, runner(i));
        await world.toDeadline(task);
        const opening = { identity: identityOf(runner(0)), payee: runner(0), outputHash: zeroHash, salt: zeroHash };
        await refused(world.claim(task, { ...opening, payee: world.bystander }), "WrongOpening");
        assert.deepEqual(await payoutOf(task, opening), { share: 0n, bond: 10n });
        await refused(world.claim(task, opening), "NoSlot");
        assert.deepEqual(await payoutOf(task, { ...opening, identity: identityOf(runner(1)), payee: runner(1) }), { share: 0n, bond: 10n });
        await world.reclaim(task);
        assert.equal(await world.balanceOf(world.escrow), 0n);
        assert.equal(await world.strikesOf(world.submitter, opening.identity), 0);
      });
    });

    it("keeps the share of a task whose bounty is the largest possible", async () => {
      const bounty = 10n ** 26n;
      const { task, openings } = await world.sealedTask(["a", "a", "a"], { bounty, bond: bounty / 3n });
      await revealAll(task, openings);
      assert.deepEqual(await payoutOf(task, openings[0]), { share: bounty / 3n, bond: bounty / 3n });
      assert.equal((await world.resultOf(task)).outputHash, answer("a"));
    });
  });
}

describe("strikes", () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.chain.close());

  it("ban an identity at 3 in the scope and nowhere else, for good (I13)", async () => {
    const liar = world.runners[2] as Address;
    for (let round = 1; round <= 4; round++) {
      const banned = round === 4;
      const task = await world.post();
      const openings = ["a", "a", "b"].map((name, i) => world.openingOf(world.runners[i] as Address, name));
      for (const [i, opening] of openings.entries()) {
        const commit = world.commit(task, world.runners[i] as Address, opening);
        if (banned && i === 2) await refused(commit, "TooManyStrikes", [3, 3]);
        else await commit;
      }
      if (banned) await refused(world.reserve(task, liar), "TooManyStrikes", [3, 3]);
      if (banned) break;
      await world.toReveals(task);
      for (const opening of openings) await world.reveal(task, opening);
      await world.claim(task, openings[2] as Opening);
      assert.equal(await world.strikesOf(world.submitter, identityOf(liar)), round);
    }
    const elsewhere = await world.post({}, world.bystander);
    await world.reserve(elsewhere, liar);
    assert.equal(await world.strikesOf(world.bystander, identityOf(liar)), 0);
  });

  it("stop counting at 3, and a match that comes later does not lift the ban", async () => {
    const liar = world.runners[10] as Address;
    const crew = [world.runners[11], world.runners[12], liar] as Address[];
    const tasks: { task: PostedTask; openings: Opening[] }[] = [];
    for (const last of ["b", "b", "b", "b", "a"]) {
      const task = await world.post();
      const openings = ["a", "a", last].map((name, i) => world.openingOf(crew[i] as Address, name));
      for (const [i, opening] of openings.entries()) await world.commit(task, crew[i] as Address, opening);
      tasks.push({ task, openings });
    }
    await world.toReveals((tasks.at(-1) as { task: PostedTask }).task);
    const counts = [];
    for (const { task, openings } of tasks) {
      for (const opening of openings) await world.reveal(task, opening);
      await world.claim(task, openings[2] as Opening);
      counts.push(await world.strikesOf(world.submitter, identityOf(liar)));
    }
    assert.deepEqual(counts, [1, 2, 3, 3, 3]);
  });
});
