import { type Hex, isTerminal, revealedCount, runConcurrently, withChainErrors } from "@parity-protocol/sdk";
import type { Client } from "viem";
import { getTransactionReceipt } from "viem/actions";
import { type Entry, phaseAt } from "../ledger/book.ts";

/** So many of the latest closed tasks are looked at: a receipt has to be read for each of their transactions. */
const SAMPLED_TASKS = 25;
const CONCURRENT_READS = 6;

const verbs = {
  TaskPosted: "post",
  SlotReserved: "reserve",
  ResultCommitted: "commit",
  ResultRevealed: "reveal",
  PayoutClaimed: "claim",
  BountyReclaimed: "reclaim",
} as const;

export type Verb = (typeof verbs)[keyof typeof verbs];

/** What steps cost in gas, in a sample of the latest closed tasks. */
export interface GasReport {
  sampledTasks: number;
  /** Average gas of a step. */
  byVerb: readonly { verb: Verb; gas: number; steps: number }[];
  /** Everything that runners sent, for each result that was revealed. */
  gasPerResult: number | undefined;
}

/** The latest closed tasks, whose transactions are read. */
export function gasSample(entries: readonly Entry[], now: number): Entry[] {
  return entries.filter((entry) => isTerminal(phaseAt(entry, now))).slice(0, SAMPLED_TASKS);
}

/**
 * Reads what the steps of some tasks cost. A transaction with several steps counts equally for each of them, also for those of
 * tasks outside of the sample.
 * @param all every task that is known, to see what else a transaction did
 * @throws RPC_UNREACHABLE, RPC_FAILED
 */
export async function readGas(client: Client, { sample, all }: { sample: readonly Entry[]; all: readonly Entry[] }): Promise<GasReport> {
  const steps = new Map<Hex, number>();
  for (const hash of all.flatMap(stepsOf).map((step) => step.hash)) steps.set(hash, (steps.get(hash) ?? 0) + 1);
  const gas = new Map<Hex, number>();
  const hashes = new Set(sample.flatMap(stepsOf).map(({ hash }) => hash));
  await runConcurrently([...hashes], CONCURRENT_READS, async (hash) => {
    const { gasUsed } = await withChainErrors(client, () => getTransactionReceipt(client, { hash }));
    gas.set(hash, Number(gasUsed) / (steps.get(hash) ?? 1));
  });
  return reportOf(sample, (hash) => gas.get(hash) ?? 0);
}

function reportOf(sample: readonly Entry[], gasOf: (hash: Hex) => number): GasReport {
  const sums = new Map<Verb, { gas: number; steps: number }>();
  for (const { verb, hash } of sample.flatMap(stepsOf)) {
    const sum = sums.get(verb) ?? { gas: 0, steps: 0 };
    sums.set(verb, { gas: sum.gas + gasOf(hash), steps: sum.steps + 1 });
  }
  const results = sample.reduce((count, { state }) => count + revealedCount(state), 0);
  const ofRunners = (["reserve", "commit", "reveal", "claim"] as const).reduce((total, verb) => total + (sums.get(verb)?.gas ?? 0), 0);
  return {
    sampledTasks: sample.length,
    byVerb: [...sums].map(([verb, sum]) => ({ verb, steps: sum.steps, gas: sum.gas / sum.steps })),
    gasPerResult: results > 0 ? ofRunners / results : undefined,
  };
}

function stepsOf({ events }: Entry): { verb: Verb; hash: Hex }[] {
  return events.flatMap(({ name, transactionHash }) =>
    name in verbs ? [{ verb: verbs[name as keyof typeof verbs], hash: transactionHash }] : [],
  );
}
