import type { Hex } from "@parity-protocol/sdk";
import { getBlockNumber } from "viem/actions";
import { connect, type Reader } from "../../cli/network/connect.ts";
import type { RunnerLab } from "../../test/runner/support/lab.ts";
import { Chronicle } from "./chronicle.ts";
import { type Parties, startParties, submitterIndices } from "./parties.ts";
import { Submitter } from "./submitter.ts";

/** What is to be endured. */
export interface LoadPlan {
  tasks: number;
  /** No task is posted later, however many there were to be. */
  minutes: number;
  /** How often one runner is killed and started again. */
  killEveryMs: number;
  /** Of what goes wrong with the store. */
  seed: number;
}

/** Three strikes ban a liar from a gate for good: it gets a new one after so many tasks. */
export const tasksAGate = 40;

/** What the run is made of. */
export interface Stage {
  lab: RunnerLab;
  reader: Reader;
  chronicle: Chronicle;
  submitters: readonly Submitter[];
  parties: Parties;
  gates: readonly Hex[];
}

/** Starts everyone, and makes the gates that admit all runners. */
export async function setStage(lab: RunnerLab, plan: LoadPlan): Promise<Stage> {
  const parties = await startParties(lab, plan.seed);
  const { client: reader } = await connect({ rpcUrl: lab.rpcUrl });
  const gates: Hex[] = [];
  const everyone = parties.runners.map(({ address }) => address);
  while (gates.length * tasksAGate < plan.tasks) gates.push(await lab.gateForAddresses(everyone));
  const chronicle = new Chronicle(reader, { escrow: lab.escrow, fromBlock: await nextBlock(reader) });
  const submitters = submitterIndices.map((index) => new Submitter(lab, chronicle, index));
  return { lab, reader, chronicle, submitters, parties, gates };
}

/** The block to come. */
export async function nextBlock(reader: Reader): Promise<bigint> {
  return (await getBlockNumber(reader, { cacheTime: 0 })) + 1n;
}
