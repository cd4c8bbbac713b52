import type { TaskEvent } from "@parity-protocol/sdk";
import type { Cost } from "../demo/ledger.ts";
import type { LoadPlan, Stage } from "./stage.ts";
import { bountyWei, committee } from "./submitter.ts";

interface Outcome {
  plan: LoadPlan;
  kills: number;
  costs: readonly Cost[];
  minutes: number;
}

/** Says in names and values what happened. */
export function factsOf({ chronicle, submitters, parties }: Stage, { plan, kills, costs, minutes }: Outcome): [string, string][] {
  const { runners, store } = parties;
  const tasks = chronicle.tasks.size;
  const count = (name: TaskEvent["name"]) => grouped(chronicle.named(name).length);
  const liar = runners.find(({ isLiar }) => isLiar);
  const lies = chronicle.named("ResultRevealed").filter(({ args }) => args.identity.toLowerCase() === liar?.identity).length;
  const gas = costs.reduce((sum, cost) => sum + cost.gas, 0n);
  const peaks = runners.map(({ peakBytes }) => Math.round(peakBytes / 1024 ** 2));
  const faults = Object.entries(store.counts).map(([name, times]) => `${name} ${grouped(times)}`);
  return [
    [
      "tasks",
      `${grouped(tasks)} of ${submitters.length} submitters, ${committee.quorum} of ${committee.slots} slots must agree, ${grouped(Number(bountyWei))} wei each`,
    ],
    ["runners", `${runners.length} processes, one job at a time each, one of them a liar`],
    [
      "pace",
      `${((tasks * committee.slots) / minutes).toFixed(0)} jobs and ${(tasks / minutes).toFixed(0)} tasks a minute, a block a second`,
    ],
    ["killed with SIGKILL and started again", `${kills} times, every ${plan.killEveryMs / 1_000} s`],
    ["requests to the store", `${grouped(store.requests())}, of which went wrong: ${faults.join(", ")}`],
    ["decided · claimed · reclaimed", `${count("TaskDecided")} · ${count("PayoutClaimed")} · ${count("BountyReclaimed")}`],
    ["lies revealed · strikes for them", `${grouped(lies)} · ${count("StrikeRecorded")}`],
    [
      "transactions · gas",
      `${grouped(costs.length)} · ${grouped(Number(gas))}, ${grouped(Math.round(Number(gas) / Math.max(1, tasks)))} a task`,
    ],
    ["memory of the runners at their peaks", `${Math.min(...peaks)} to ${Math.max(...peaks)} MiB`],
  ];
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
}
