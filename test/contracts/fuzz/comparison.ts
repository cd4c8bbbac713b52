import assert from "node:assert/strict";
import type { Address, Hex } from "viem";
import { type Receipt, Refusal, refusalFrom } from "../support/chain.ts";
import type { World } from "../support/world.ts";
import {
  committedOf,
  type ExpectedEvent,
  type ModelTask,
  type Outcome,
  phaseOf,
  type ReferenceModel,
  revealedOf,
  votesFor,
  winnerOf,
} from "./reference-model.ts";

/** One form for values that two sides write differently: numbers and bigints, cases of hex. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, each]): [string, unknown] => [key, plain(each)]));
  }
  return String(value).toLowerCase();
}

/** A step of a batch that the model refuses. */
export interface ExpectedSkip {
  name: "StepSkipped";
  taskId: Hex;
  refusals: string[];
}

export type Expected = ExpectedEvent | ExpectedSkip;

/** Asserts that a call ended as the model says; returns what it reached, for the proof that the fuzz is not vacuous. */
export async function assertOutcome(call: Promise<Receipt>, outcome: Outcome | { events: Expected[] }, world: World): Promise<string[]> {
  let receipt: Receipt;
  try {
    receipt = await call;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    assert.ok("refusals" in outcome, `refused with ${error.message}, expected ${JSON.stringify(plain(outcome))}`);
    assert.ok(outcome.refusals.includes(error.errorName), `refused with ${error.message}, expected one of ${outcome.refusals.join()}`);
    return [error.errorName];
  }
  assert.ok("events" in outcome, `went through, expected one of ${"refusals" in outcome ? outcome.refusals.join() : ""}`);
  const emitted = receipt.events.filter(({ address }) => address === world.escrow);
  assert.equal(emitted.length, outcome.events.length, JSON.stringify([plain(emitted), plain(outcome.events)]));
  return outcome.events.flatMap((expected, i) => {
    const { name, args } = emitted[i] as { name: string; args: Record<string, unknown> };
    assert.equal(name, expected.name);
    if ("args" in expected) {
      assert.deepEqual(plain(args), plain(expected.args));
      return [name];
    }
    assert.equal(args.taskId, expected.taskId);
    const { errorName } = refusalFrom(args.reason as Hex, world.abi);
    assert.ok(expected.refusals.includes(errorName), `skipped with ${errorName}, expected one of ${expected.refusals.join()}`);
    return [name, errorName];
  });
}

/** Asserts that every view agrees with the model about a task (I7, I9, I10). */
export async function assertViews(world: World, task: ModelTask, now: number): Promise<void> {
  const { terms, taskId } = task;
  const winner = winnerOf(task);
  const leadingVotes = votesFor(task, winner ?? task.answers[0]);
  const mask = task.slots.reduce((bits, slot, i) => (slot.answer === undefined ? bits : bits | (1 << i)), 0);
  const hasAdmission = BigInt(terms.gate) !== 0n || terms.bond !== 0n;
  const view = await world.taskOf({ taskId } as never);
  const expected = {
    bounty: terms.bounty,
    closesAt: task.closesAt,
    revealDelay: terms.revealDelay,
    revealWindow: terms.revealWindow,
    slots: terms.slots,
    quorum: terms.quorum,
    reserved: task.slots.length,
    committed: committedOf(task).length,
    leadingVotes,
    flags: (hasAdmission ? 1 : 0) | (task.isReclaimed ? 2 : 0),
    revealedMask: mask,
  };
  assert.deepEqual(plain(view), plain({ state: expected, gate: terms.gate, bond: terms.bond, phase: phaseOf(task, now) }));
  assert.ok(leadingVotes <= revealedOf(task).length && revealedOf(task).length <= committedOf(task).length);
  const result = await world.resultOf({ taskId } as never);
  assert.deepEqual(
    plain(result),
    plain({ isDecided: winner !== undefined, outputHash: winner ?? `0x${"00".repeat(32)}`, matching: leadingVotes }),
  );
  assert.equal(new Set(task.slots.map(({ identity }) => identity)).size, task.slots.length);
}

/** Asserts that a slot is as the model has it. */
export async function assertSlot(world: World, task: ModelTask, index: number): Promise<void> {
  const slot = task.slots[index];
  if (!slot) return;
  const seal = slot.commitment ?? `${slot.runner}${"00".repeat(11)}`;
  const expected = slot.isSettled
    ? { number: 0, seal: `0x${"00".repeat(31)}` }
    : { number: index + 1 + (slot.commitment ? 0x80 : 0), seal };
  assert.deepEqual(plain(await world.slotOf({ taskId: task.taskId } as never, slot.identity)), plain(expected));
}

/** Asserts that the escrow and each of these accounts hold what the model says (I1, I6). */
export async function assertBalances(world: World, model: ReferenceModel, ledger: Map<Address, bigint>): Promise<void> {
  assert.equal(await world.balanceOf(world.escrow), model.balance);
  for (const [address, balance] of ledger) assert.equal(await world.balanceOf(address), balance, `balance of ${address}`);
}
