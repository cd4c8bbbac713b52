import assert from "node:assert/strict";
import { type Abi, type Address, type Hex, zeroHash } from "viem";
import { type Chain, refusalFrom } from "./support/chain.ts";
import { type Key, type Opening, phase, taskIdOf, termsHashOf } from "./support/protocol.ts";
import { eventsOf, openWorld, type PostedTask, refused, type World, worldOn } from "./support/world.ts";

type Deployed = Awaited<ReturnType<Chain["deploy"]>>;

/** What a hostile contract was answered when it called back. */
async function answerTo(world: World, { address: to, abi }: { address: Address; abi: Abi }): Promise<string> {
  assert.equal(await world.chain.read({ to, abi, fn: "wasTaken" }), false);
  return refusalFrom((await world.chain.read({ to, abi, fn: "answer" })) as Hex, world.abi).errorName;
}

/** A task that is accepted: everybody revealed "a"; `payees` are the first runners' payees. */
async function acceptedTask(world: World, payees: Address[], bond = 0n): Promise<{ task: PostedTask; openings: Opening[] }> {
  const task = await world.post({ bond, bounty: 3000n });
  const crew = world.runners.slice(0, 3);
  const openings = crew.map((runner, i) => world.openingOf(runner, "a", { payee: payees[i] ?? runner }));
  for (const [i, opening] of openings.entries()) await world.commit(task, crew[i] as Address, opening);
  await world.toReveals(task);
  for (const opening of openings) await world.reveal(task, opening);
  return { task, openings };
}

describe("a hostile receiver", () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.chain.close());

  const tell = ({ address: to, abi }: Deployed, fn: string, args: unknown[]) =>
    world.chain.send({ from: world.bystander, to, abi, fn, args });

  it("gains nothing by claiming again, or by any other call that moves money, while it is paid (I1, I4)", async () => {
    const receiver = await world.chain.deploy("mocks/HostileReceivers:Receiver");
    const terms = await world.termsWith({ bounty: 3n });
    const attempts = (task: PostedTask, opening: Opening): [string, unknown[]][] => [
      ["claimPayout", [task.key, opening]],
      ["reclaimBounty", [task.key]],
      ["postTask", [terms, ""]],
      ["reserveSlot", [task.key, "0x"]],
      ["commitResult", [task.key, opening.identity, `0x${"11".repeat(31)}`, "0x"]],
      ["performSteps", [{ identity: zeroHash, payee: receiver.address, reveals: [], claims: [], commits: [], reservations: [] }]],
    ];
    for (let i = 0; i < 6; i++) {
      const { task, openings } = await acceptedTask(world, [receiver.address]);
      const [fn, args] = attempts(task, openings[0] as Opening)[i] as [string, unknown[]];
      await tell(receiver, "reenterWith", [world.escrow, world.callData(fn, args)]);
      const before = await world.balanceOf(receiver.address);
      await world.claim(task, openings[0] as Opening);
      assert.equal((await world.balanceOf(receiver.address)) - before, 1000n, fn);
      assert.equal(await answerTo(world, receiver), "ReentrancyGuardReentrantCall", fn);
    }
  });

  it("cannot pass for the escrow's own batch while it is paid", async () => {
    const receiver = await world.chain.deploy("mocks/HostileReceivers:Receiver");
    const { task, openings } = await acceptedTask(world, [receiver.address]);
    await tell(receiver, "reenterWith", [world.escrow, world.callData("claimStep", [task.key, openings[1]])]);
    await world.claim(task, openings[0] as Opening);
    assert.equal(await answerTo(world, receiver), "CallerIsNotEscrow");
  });

  it("that refuses the money keeps only its own share waiting", async () => {
    const receiver = await world.chain.deploy("mocks/HostileReceivers:Receiver");
    await tell(receiver, "setAccepts", [false]);
    const { task, openings } = await acceptedTask(world, [receiver.address]);
    await refused(world.claim(task, openings[0] as Opening), "TransferFailed", [receiver.address, 1000]);
    for (const opening of openings.slice(1)) await world.claim(task, opening);
    await world.reclaim(task);
    await tell(receiver, "setAccepts", [true]);
    await world.claim(task, openings[0] as Opening);
    assert.equal(await world.balanceOf(receiver.address), 1000n);
  });

  it("cannot make its payer pay for copying what it returns", async () => {
    const bomb = await world.chain.deploy("mocks/HostileReceivers:ReturnBomb");
    const { task, openings } = await acceptedTask(world, [bomb.address]);
    const { address: to } = { address: world.escrow };
    const args = [task.key, openings[0]];
    // Returning a megabyte costs the receiver 2 million gas; copying it would cost as much again.
    const { gasUsed } = await world.chain.send({ from: world.bystander, to, abi: world.abi, fn: "claimPayout", args });
    assert.ok(gasUsed < 2_400_000n, `${gasUsed}`);
    assert.equal(await world.balanceOf(bomb.address), 1000n);
  });

  it("that is the submitter gets its bounty back, or, refusing it, keeps nobody else waiting", async () => {
    const receiver = await world.chain.deploy("mocks/HostileReceivers:Receiver");
    const terms = await world.termsWith({ bounty: 3000n, slots: 3, quorum: 2 });
    const call = { from: world.bystander, to: receiver.address, abi: receiver.abi };
    await world.chain.send({ ...call, fn: "post", args: [world.escrow, terms], value: 3000n });
    const key: Key = { submitter: receiver.address, termsHash: termsHashOf(world.place, terms) };
    const task = { key, taskId: taskIdOf(key), terms } as PostedTask;
    const opening = world.openingOf(world.runners[0] as Address, "a");
    await world.commit(task, world.runners[0] as Address, opening);
    await world.toDeadline(task);
    await tell(receiver, "setAccepts", [false]);
    await refused(world.reclaim(task), "TransferFailed", [receiver.address, 3000]);
    await world.claim(task, opening);
    await tell(receiver, "setAccepts", [true]);
    await tell(receiver, "reenterWith", [world.escrow, world.callData("reclaimBounty", [key])]);
    await world.reclaim(task);
    assert.equal(await world.balanceOf(receiver.address), 3000n);
    assert.equal(await answerTo(world, receiver), "ReentrancyGuardReentrantCall");
  });
});

describe("a hostile token", () => {
  const fresh = (name: string) => worldOn(`mocks/HostileTokens:${name}`);

  for (const [name, error] of [
    ["FalseToken", "SafeERC20FailedOperation"],
    ["LyingToken", "WrongAmountReceived"],
    ["FeeToken", "WrongAmountReceived"],
  ] as const) {
    it(`that is a ${name} does not get in (I18)`, async () => {
      const world = await fresh(name);
      try {
        await refused(world.post(), error);
        assert.equal(await world.balanceOf(world.escrow), 0n);
      } finally {
        await world.chain.close();
      }
    });
  }

  it("that returns nothing is as good as one that returns true", async () => {
    const world = await fresh("SilentToken");
    try {
      const { task, openings } = await acceptedTask(world, [], 10n);
      for (const opening of openings) await world.claim(task, opening);
      assert.equal(await world.balanceOf(world.escrow), 0n);
    } finally {
      await world.chain.close();
    }
  });

  it("that blocks one payee lets the others have theirs", async () => {
    const world = await fresh("BlockingToken");
    try {
      const { task, openings } = await acceptedTask(world, [], 10n);
      const [blocked, ...others] = openings as [Opening, ...Opening[]];
      const { address: to, abi } = world.token as { address: Address; abi: Abi };
      await world.chain.send({ from: world.bystander, to, abi, fn: "blockAccount", args: [blocked.payee] });
      await refused(world.claim(task, blocked), "Blocked", [blocked.payee]);
      for (const opening of others) await world.claim(task, opening);
      await world.reclaim(task);
      assert.equal(await world.balanceOf(world.escrow), 1010n);
    } finally {
      await world.chain.close();
    }
  });

  it("that calls back in the middle of a transfer gets nowhere (I1, I4)", async () => {
    const world = await fresh("HookToken");
    try {
      const token = world.token as { address: Address; abi: Abi };
      const hook = (target: Address, call: Hex) =>
        world.chain.send({ from: world.bystander, to: token.address, abi: token.abi, fn: "hook", args: [target, call] });
      const { task, openings } = await acceptedTask(world, [], 10n);
      const again = world.callData("claimPayout", [task.key, openings[0]]);
      await hook(world.escrow, again);
      await world.claim(task, openings[0] as Opening);
      assert.equal(await answerTo(world, token), "ReentrancyGuardReentrantCall");
      const posted = await world.post({ bounty: 500n }); // now in the middle of a collection
      assert.equal(await answerTo(world, token), "ReentrancyGuardReentrantCall");
      assert.equal((await world.taskOf(posted)).phase, "OPEN");
      assert.equal(await world.balanceOf(world.escrow), 2020n + 500n);
    } finally {
      await world.chain.close();
    }
  });
});

describe("a hostile gate", () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.chain.close());

  const runner = () => world.runners[0] as Address;
  const gateOf = async (name: string, args: unknown[] = []) => (await world.chain.deploy(`mocks/HostileGates:${name}`, args)).address;

  for (const [what, name, args] of [
    ["reverts", "RevertingGate", []],
    ["burns all its gas", "BurningGate", []],
    ["returns nothing", "GarbageGate", [0]],
    ["returns less than a word", "GarbageGate", [31]],
  ] as [string, string, unknown[]][]) {
    it(`that ${what} does no more than refuse`, async () => {
      const gate = await gateOf(name, args);
      const task = await world.post({ gate });
      await refused(world.reserve(task, runner()), "RunnerNotAdmitted", [gate, runner()]);
      const opening = world.openingOf(runner(), "a");
      await refused(world.commit(task, runner(), opening), "RunnerNotAdmitted", [gate, runner()]);
    });
  }

  it("that has no code refuses everyone", async () => {
    const task = await world.post({ gate: world.bystander });
    await refused(world.reserve(task, runner()), "RunnerNotAdmitted", [world.bystander, runner()]);
  });

  it("that burns its gas costs its runner no more than the gas that a gate is due", async () => {
    const { address: to, abi } = { address: world.escrow, abi: world.abi };
    const task = await world.post({ gate: await gateOf("BurningGate") });
    const steps = { identity: zeroHash, payee: runner(), reveals: [], claims: [], commits: [] };
    const reservations = [{ task: task.key, proof: "0x" }];
    const { gasUsed, ...receipt } = await world.chain.send({
      from: runner(),
      to,
      abi,
      fn: "performSteps",
      args: [{ ...steps, reservations }],
    });
    assert.equal(eventsOf(receipt as never, "StepSkipped").length, 1);
    assert.ok(gasUsed < 150_000n, `${gasUsed}`);
  });

  it("that returns more than a word is read for one word", async () => {
    const task = await world.post({ gate: await gateOf("GarbageGate", [50_000]) });
    await world.reserve(task, runner());
    assert.equal((await world.slotOf(task, `0x${"ff".repeat(32)}`)).number, 1);
  });

  it("that calls back can change nothing: it is asked statically (I17)", async () => {
    const task = await world.post({ gate: await gateOf("ReenteringGate") });
    const proof = world.callData("reportNoShow", [task.key, zeroHash]);
    await world.reserve(task, runner(), proof);
    const opening = world.openingOf(runner(), "a");
    assert.equal((await world.slotOf(task, opening.identity)).number, 1);
  });

  it("that needs its gas gets it, or the call fails whole: too little gas never passes for a refusal", async () => {
    const gate = await gateOf("ThirstyGate");
    const opening = world.openingOf(runner(), "a");
    /** Whether a commitment with this much gas was sealed; otherwise the whole batch must have failed. */
    const isSealedWith = async (gas: bigint): Promise<boolean> => {
      const task = await world.post({ gate });
      const commits = [{ task: task.key, commitment: world.commitmentOf(task.taskId, opening), proof: "0x" }];
      const args = [{ identity: opening.identity, payee: runner(), reveals: [], claims: [], commits, reservations: [] }];
      const call = { from: runner(), to: world.escrow, abi: world.abi, fn: "performSteps", args, gas };
      const receipt = await world.chain.send(call).catch(() => undefined);
      if (receipt) assert.deepEqual(eventsOf(receipt, "StepSkipped"), [], `with ${gas} gas`);
      assert.equal((await world.taskOf(task)).state.reserved, receipt ? 1 : 0);
      return receipt !== undefined;
    };
    let [tooLittle, enough] = [120_000n, 260_000n];
    while (enough - tooLittle > 100n) {
      const middle = (tooLittle + enough) / 2n;
      if (await isSealedWith(middle)) enough = middle;
      else tooLittle = middle;
    }
    // Below what suffices lies the gas with which the gate would be asked, but given less than it is due.
    for (let gas = tooLittle - 8_000n; gas < enough; gas += 400n) await isSealedWith(gas);
    assert.equal(await isSealedWith(enough), true);
  });

  it("that turns hostile later cannot keep a reveal or a claim from anyone (I17)", async () => {
    const list = await world.chain.deploy("mocks/HostileGates:ThirstyGate");
    const task = await world.post({ gate: list.address, slots: 1, quorum: 1 });
    const opening = world.openingOf(runner(), "a");
    await world.reserve(task, runner());
    await world.chain.request("hardhat_setCode", [list.address, "0xfe"]);
    await world.commitReserved(task, runner(), opening);
    await world.toReveals(task);
    await world.reveal(task, opening);
    await world.claim(task, opening);
    assert.equal((await world.taskOf(task)).phase, "ACCEPTED");
    assert.equal(phase.ACCEPTED, 5);
  });
});
