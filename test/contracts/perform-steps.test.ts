import assert from "node:assert/strict";
import { type Address, type Hex, zeroHash } from "viem";
import { Refusal, refusalFrom } from "./support/chain.ts";
import { answer, identityOf, type Opening } from "./support/protocol.ts";
import { eventsOf, openWorld, type PostedTask, refused, type World } from "./support/world.ts";

for (const asset of ["native", "token"] as const) {
  describe(`performSteps in an escrow of ${asset === "native" ? "the native asset" : "a token"}`, () => {
    let world: World;
    let snapshot: Hex;
    let runner: Address;
    before(async () => {
      world = await openWorld({ asset });
      runner = world.runners[0] as Address;
    });
    after(() => world.chain.close());
    beforeEach(async () => {
      snapshot = await world.chain.snapshot();
    });
    afterEach(() => world.chain.revert(snapshot));

    const reveal = (task: PostedTask, opening: Opening) => ({ taskId: task.taskId, outputHash: opening.outputHash, salt: opening.salt });
    const claim = (task: PostedTask, opening: Opening) => ({ task: task.key, outputHash: opening.outputHash, salt: opening.salt });
    const commit = (task: PostedTask, opening: Opening) => ({
      task: task.key,
      commitment: world.commitmentOf(task.taskId, opening),
      proof: "0x" as Hex,
    });
    const reserve = (task: PostedTask) => ({ task: task.key, proof: "0x" as Hex });
    const reasonOf = (event: Record<string, unknown> | undefined) => refusalFrom(event?.reason as Hex, world.abi).errorName;

    async function fullMix() {
      const toClaim = await world.sealedTask(["a", "a", "b"], { bounty: 1000n, bond: 10n });
      const alsoToClaim = await world.sealedTask(["a", "b", "a"], { bounty: 3000n });
      const toReveal = await world.sealedTask(["a", "a", "a"]);
      await world.toReveals(toReveal.task);
      for (const { task, openings } of [toClaim, alsoToClaim]) for (const opening of openings) await world.reveal(task, opening);
      const toCommit = await world.post({ bond: 30n });
      const toReserve = await world.post({ bond: 40n });
      const reserved = await world.post({ bond: 50n });
      await world.reserve(reserved, runner);
      return { toClaim, alsoToClaim, toReveal, toCommit, toReserve, reserved };
    }

    it("performs any mix, pays once and takes all bonds once", async () => {
      const mix = await fullMix();
      const opening = world.openingOf(runner, "a");
      const escrowed = await world.balanceOf(world.escrow);
      const receipt = await world.perform(
        runner,
        {
          reveals: [reveal(mix.toReveal.task, opening)],
          claims: [claim(mix.toClaim.task, opening), claim(mix.alsoToClaim.task, opening)],
          commits: [commit(mix.toCommit, opening), commit(mix.reserved, opening)],
          reservations: [reserve(mix.toReserve)],
        },
        70n,
      );
      assert.deepEqual(eventsOf(receipt, "StepSkipped"), []);
      const names = receipt.events.map(({ name }) => name).filter((name) => name !== "Transfer");
      assert.deepEqual(names, ["ResultRevealed", "PayoutClaimed", "PayoutClaimed", "ResultCommitted", "ResultCommitted", "SlotReserved"]);
      assert.equal(await world.balanceOf(world.escrow), escrowed - 510n - 1500n + 70n);
      assert.equal(receipt.events.filter(({ name }) => name === "Transfer").length, asset === "token" ? 2 : 0);
      assert.equal((await world.slotOf(mix.toReserve, opening.identity)).number, 1);
      assert.equal((await world.slotOf(mix.toCommit, opening.identity)).number, 0x81);
    });

    it("skips what is refused, says why, and loses nothing else", async () => {
      const mix = await fullMix();
      const opening = world.openingOf(runner, "a");
      const never = { ...mix.toCommit, taskId: answer("never"), key: { ...mix.toCommit.key, termsHash: zeroHash } };
      const receipt = await world.perform(
        runner,
        {
          reveals: [reveal(mix.toClaim.task, opening), reveal(mix.toReveal.task, opening), reveal(mix.toReveal.task, opening)],
          claims: [claim(mix.toReveal.task, opening), claim(mix.toClaim.task, opening), claim(mix.toClaim.task, opening)],
          commits: [commit(never, opening), commit(mix.toCommit, opening), commit(mix.toCommit, opening)],
          reservations: [reserve(mix.toCommit), reserve(mix.toReserve), reserve(never)],
        },
        70n,
      );
      const skipped = eventsOf(receipt, "StepSkipped").map(reasonOf);
      const expected = ["WrongPhase", "AlreadyRevealed", "TaskNotClosed", "NoSlot", "WrongPhase", "AlreadyCommitted"];
      assert.deepEqual(skipped, [...expected, "SlotAlreadyTaken", "WrongPhase"]);
      const done = receipt.events.map(({ name }) => name).filter((name) => !["Transfer", "StepSkipped"].includes(name));
      assert.deepEqual(done, ["ResultRevealed", "PayoutClaimed", "ResultCommitted", "SlotReserved"]);
      assert.equal(eventsOf(receipt, "StepSkipped")[1]?.taskId, mix.toReveal.task.taskId);
    });

    it("does nothing and moves nothing when every step is refused", async () => {
      const task = await world.post({ bond: 10n });
      const escrowed = await world.balanceOf(world.escrow);
      const receipt = await world.perform(runner, { reveals: [reveal(task, world.openingOf(runner, "a"))] });
      assert.deepEqual(eventsOf(receipt, "StepSkipped").map(reasonOf), ["WrongPhase"]);
      assert.equal(await world.balanceOf(world.escrow), escrowed);
    });

    it("does nothing for no steps", async () => {
      assert.deepEqual((await world.perform(runner, {})).events, []);
    });

    it("pays the payee of the openings, not the caller", async () => {
      const payee = world.runners[20] as Address;
      const task = await world.post({ slots: 1, quorum: 1, bounty: 100n });
      const opening = world.openingOf(runner, "a", { payee });
      await world.commit(task, runner, opening);
      await world.toReveals(task);
      await world.reveal(task, opening);
      const before = await world.balanceOf(payee);
      await world.perform(world.bystander, { identity: identityOf(runner), payee, claims: [claim(task, opening)] });
      assert.equal(await world.balanceOf(payee), before + 100n);
    });

    it("closes and pays a task that its own reveals complete", async () => {
      const task = await world.post({ slots: 1, quorum: 1, bounty: 100n });
      const opening = world.openingOf(runner, "a");
      await world.commit(task, runner, opening);
      await world.toReveals(task);
      const receipt = await world.perform(runner, { reveals: [reveal(task, opening)], claims: [claim(task, opening)] });
      assert.equal(eventsOf(receipt, "PayoutClaimed")[0]?.share, 100n);
    });

    it("refuses steps from anyone but the escrow itself", async () => {
      const task = await world.post();
      const opening = world.openingOf(runner, "a");
      await refused(world.send(runner, "claimStep", [task.key, opening]), "CallerIsNotEscrow", [runner]);
      const commitArgs = [runner, task.key, opening.identity, world.commitmentOf(task.taskId, opening), "0x"];
      await refused(world.send(runner, "commitStep", commitArgs), "CallerIsNotEscrow", [runner]);
      await refused(world.send(runner, "reserveStep", [runner, task.key, "0x"]), "CallerIsNotEscrow", [runner]);
    });

    it("fails whole, and skips nothing, with too little gas for a step", async () => {
      const tasks: PostedTask[] = [];
      for (let i = 0; i < 3; i++) tasks.push(await world.post());
      const opening = world.openingOf(runner, "a");
      const steps = { identity: opening.identity, payee: runner, reveals: [], claims: [], reservations: [] };
      const args = [{ ...steps, commits: tasks.map((task) => commit(task, opening)) }];
      const { gasUsed } = await (async () => {
        const id = await world.chain.snapshot();
        const receipt = await world.send(runner, "performSteps", args);
        await world.chain.revert(id);
        return receipt;
      })();
      const call = { from: runner, to: world.escrow, abi: world.abi, fn: "performSteps", args };
      for (let gas = 60_000n; gas < gasUsed; gas += 2_500n) {
        const error = await world.chain.send({ ...call, gas }).then(
          (receipt) => assert.deepEqual(eventsOf(receipt, "StepSkipped"), []),
          (refusal: unknown) => refusal,
        );
        assert.ok(error instanceof Error);
      }
    });
  });
}

describe("performSteps and a step that runs out of gas", () => {
  let world: World;
  before(async () => {
    world = await openWorld({ hardfork: "cancun" }); // later ones ask so much for calldata that no gas is short
  });
  after(() => world.chain.close());

  it("does not pass it for a refusal: the batch fails whole", async () => {
    const runner = world.runners[0] as Address;
    const { address: gate } = await world.chain.deploy("mocks/HostileGates:RevertingGate");
    const task = await world.post({ gate });
    // Only a step this costly can fail and leave its batch enough to go on: the copies of a huge proof make it so.
    const reservations = [{ task: task.key, proof: `0x${"00".repeat(600_000)}` as Hex }];
    const args = [{ identity: zeroHash, payee: runner, reveals: [], claims: [], commits: [], reservations }];
    const attempt = (gas: bigint) =>
      world.chain.send({ from: runner, to: world.escrow, abi: world.abi, fn: "performSteps", args, gas }).then(
        (receipt) => eventsOf(receipt, "StepSkipped").map(({ reason }) => refusalFrom(reason as Hex, world.abi).errorName)[0],
        (error: unknown) => (error instanceof Refusal ? error.errorName : "(out of gas)"),
      );
    const ends = new Set<string | undefined>();
    for (let gas = 3_500_000n; gas <= 5_000_000n; gas += 100_000n) ends.add(await attempt(gas));
    assert.ok(ends.has("StepOutOfGas") && ends.has("RunnerNotAdmitted"), [...ends].join());
    assert.ok(!ends.has("(empty)"));
  });
});

describe("performSteps and the native asset", () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.chain.close());

  it("gives back what was sent beyond the bonds of the steps that went through, and refuses less", async () => {
    const runner = world.runners[0] as Address;
    const [open, dead] = [await world.post({ bond: 10n }), await world.post({ bond: 20n })];
    for (const i of [1, 2, 3]) await world.reserve(dead, world.runners[i] as Address); // full: the step goes stale
    const reservations = [open, dead].map((task) => ({ task: task.key, proof: "0x" as Hex }));
    await refused(world.perform(runner, { reservations }, 9n), "WrongValue", [9, 10]);
    const escrowed = await world.balanceOf(world.escrow);
    await world.perform(runner, { reservations }, 30n);
    assert.equal(await world.balanceOf(world.escrow), escrowed + 10n);
  });
});
