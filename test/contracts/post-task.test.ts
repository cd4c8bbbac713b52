import assert from "node:assert/strict";
import type { Address, Hex } from "viem";
import type { Terms } from "./support/protocol.ts";
import { eventsOf, openWorld, refused, type World } from "./support/world.ts";

describe("postTask", () => {
  let world: World;
  let snapshot: Hex;
  const submitter = (): Address => world.submitter;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.chain.close());
  beforeEach(async () => {
    snapshot = await world.chain.snapshot();
  });
  afterEach(() => world.chain.revert(snapshot));

  const badTerms: [string, Partial<Terms>, string, unknown[]][] = [
    ["no slot", { slots: 0, quorum: 1 }, "SlotsOutOfRange", [0, 24]],
    ["25 slots", { slots: 25, quorum: 13 }, "SlotsOutOfRange", [25, 24]],
    ["a quorum of half of an even number of slots", { slots: 4, quorum: 2 }, "QuorumOutOfRange", [2, 3, 4]],
    ["a quorum below half of an odd number of slots", { slots: 5, quorum: 2 }, "QuorumOutOfRange", [2, 3, 5]],
    ["a quorum above the slots", { slots: 3, quorum: 4 }, "QuorumOutOfRange", [4, 2, 3]],
    ["a bounty below one unit a slot", { slots: 3, bounty: 2n }, "BountyTooSmall", [2, 3]],
    ["bonds above the bounty", { slots: 3, bounty: 10n, bond: 4n }, "BondsExceedBounty", [12, 10]],
    ["no reveal window", { revealWindow: 0 }, "RevealWindowIsZero", []],
  ];
  for (const [what, terms, error, args] of badTerms) {
    it(`refuses ${what}`, () => refused(world.post(terms), error, args));
  }

  it("refuses a deadline that is not in the future", async () => {
    const now = (await world.chain.now()) + 100;
    await world.chain.request("evm_setNextBlockTimestamp", [now]);
    await refused(world.post({ commitDeadline: now }), "DeadlineInThePast", [now, now]);
  });

  it("refuses a location of more than 256 bytes", async () => {
    const terms = await world.termsWith();
    await refused(world.send(submitter(), "postTask", [terms, `${"é".repeat(128)}x`], terms.bounty), "LocationTooLong", [257, 256]);
    await world.send(submitter(), "postTask", [terms, "é".repeat(128)], terms.bounty);
  });

  it("refuses any value but the bounty", async () => {
    const terms = await world.termsWith({ bounty: 100n });
    await refused(world.send(submitter(), "postTask", [terms, ""], 99n), "WrongValue", [99, 100]);
    await refused(world.send(submitter(), "postTask", [terms, ""], 101n), "WrongValue", [101, 100]);
  });

  it("refuses the same terms of the same submitter twice, and takes them from another", async () => {
    const { terms, taskId } = await world.post();
    await refused(world.send(submitter(), "postTask", [terms, "elsewhere"], terms.bounty), "TaskAlreadyPosted", [taskId]);
    const receipt = await world.send(world.bystander, "postTask", [terms, ""], terms.bounty);
    assert.notEqual(eventsOf(receipt, "TaskPosted")[0]?.taskId, taskId);
  });

  it("accepts the bounds: 1 and 24 slots, a bounty of one unit a slot, bonds equal to the bounty", async () => {
    await world.post({ slots: 1, quorum: 1, bounty: 1n, bond: 1n });
    await world.post({ slots: 24, quorum: 24, bounty: 24n, bond: 1n });
    await world.post({ slots: 24, quorum: 13, bounty: 24n });
  });

  it("publishes its limits, which programs rely on before they pay", async () => {
    const limits = ["MAX_SLOTS", "MAX_LOCATION_BYTES", "MAX_STRIKES", "GATE_GAS"];
    assert.deepEqual((await Promise.all(limits.map((name) => world.read(name, [])))).map(Number), [24, 256, 3, 100_000]);
  });

  it("escrows the bounty, stores the facts and tells them", async () => {
    const before = await world.balanceOf(world.escrow);
    const gate = world.bystander; // any address will do: a gate is asked when a slot is taken
    const { taskId, terms, key, receipt } = await world.post({ slots: 5, quorum: 4, bond: 7n, gate, revealDelay: 11, revealWindow: 13 });
    assert.equal(await world.balanceOf(world.escrow), before + terms.bounty);
    const [event] = eventsOf(receipt, "TaskPosted");
    assert.equal(event?.taskId, taskId);
    assert.equal(event?.submitter, key.submitter);
    assert.equal(event?.jobHash, terms.jobHash);
    assert.deepEqual(event?.terms, { ...terms, nonce: terms.nonce });
    assert.equal(event?.location, "https://store.example");
    const stored = await world.read<unknown[]>("taskOf", [taskId]);
    const state = {
      bounty: terms.bounty,
      closesAt: terms.commitDeadline,
      revealDelay: 11,
      revealWindow: 13,
      slots: 5,
      quorum: 4,
      reserved: 0,
      committed: 0,
      leadingVotes: 0,
      flags: 1,
      revealedMask: 0,
    };
    assert.deepEqual(stored, [state, gate, 7n, 1]);
  });

  it("keeps every field apart from its neighbours at the largest values", async () => {
    const largest = { slots: 24, quorum: 24, commitDeadline: 2 ** 40 - 1, revealDelay: 2 ** 24 - 1, revealWindow: 2 ** 24 - 1 };
    const task = await world.post({ ...largest, bounty: 10n ** 26n });
    const { state, gate, bond, phase } = await world.taskOf(task);
    const { slots, quorum, commitDeadline: closesAt, revealDelay, revealWindow } = largest;
    const rest = { reserved: 0, committed: 0, leadingVotes: 0, flags: 0, revealedMask: 0 };
    assert.deepEqual(state, { bounty: 10n ** 26n, closesAt, revealDelay, revealWindow, slots, quorum, ...rest });
    assert.deepEqual([BigInt(gate), bond, phase], [0n, 0n, "OPEN"]);
  });

  describe("given that any one term differs (I14)", () => {
    it("gives another id", async () => {
      const base = await world.termsWith({ slots: 5, quorum: 3, bond: 5n });
      const changes: Partial<Terms>[] = [
        { bounty: base.bounty + 1n },
        { bond: 6n },
        { slots: 4 },
        { quorum: 4 },
        { commitDeadline: base.commitDeadline + 1 },
        { revealDelay: 61 },
        { revealWindow: 601 },
        { gate: world.bystander },
        { jobHash: `0x${"01".repeat(32)}` },
        { nonce: base.nonce + 1_000n },
      ];
      const ids = new Set<unknown>();
      for (const change of [{}, ...changes]) {
        const terms = { ...base, ...change };
        ids.add(eventsOf(await world.send(submitter(), "postTask", [terms, ""], terms.bounty), "TaskPosted")[0]?.taskId);
      }
      assert.equal(ids.size, changes.length + 1);
    });
  });
});
