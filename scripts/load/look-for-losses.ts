import { fetchResult, type Hex } from "@parity-protocol/sdk";
import type { RunnerLab } from "../../test/runner/support/lab.ts";
import type { Stage } from "./stage.ts";
import { committee, outputOf } from "./submitter.ts";

/** How long an output may take to be at the store. */
const publishMs = 60_000;

/** Lists the tasks that were not decided, paid out slot by slot, and settled. */
export function openTasks({ chronicle }: Pick<Stage, "chronicle">): Hex[] {
  const isWhole = (taskId: Hex) =>
    chronicle.named("TaskDecided", taskId).length === 1 &&
    chronicle.named("PayoutClaimed", taskId).length === committee.slots &&
    chronicle.named("BountyReclaimed", taskId).length === 1;
  return [...chronicle.tasks.keys()].filter((taskId) => !isWhole(taskId));
}

/** Every task must have come to its end. */
export function unsettled({ chronicle, submitters }: Stage): string[] {
  const posted = submitters.reduce((sum, { numbers }) => sum + numbers.size, 0);
  return [
    ...(chronicle.tasks.size === posted ? [] : [`the chain has ${chronicle.tasks.size} tasks, ${posted} were posted`]),
    ...openTasks({ chronicle }).map(
      (taskId) =>
        `task ${taskId} was not settled: ${chronicle
          .of(taskId)
          .map(({ name }) => name)
          .join(" ")}`,
    ),
  ];
}

/** Each decided output has to be at the store, whole, and be what the job prints. */
export async function missingOutputs({ lab, chronicle, submitters }: Stage): Promise<string[]> {
  const problems: string[] = [];
  for (const { args } of chronicle.named("TaskDecided")) {
    const number = submitters.map(({ numbers }) => numbers.get(args.taskId)).find((each) => each !== undefined) ?? Number.NaN;
    const printed = await printedBy(lab, args.outputHash).catch((error: unknown) => String(error));
    if (printed !== outputOf(number))
      problems.push(`the output of task ${args.taskId} is not ${JSON.stringify(outputOf(number))}: ${printed}`);
  }
  return problems;
}

async function printedBy({ store }: RunnerLab, outputHash: Hex): Promise<string> {
  const { openStdout } = await fetchResult({ outputHash, sources: [store], waitMs: publishMs });
  return new Response(await openStdout()).text();
}

/** Nobody honest may have a strike, and no lie may have been paid. */
export function unfairProblems({ chronicle, parties }: Stage): string[] {
  const nameOf = (identity: Hex) => parties.runners.find((runner) => runner.identity === identity.toLowerCase());
  const strikes = chronicle.named("StrikeRecorded").filter(({ args }) => !nameOf(args.identity)?.isLiar);
  const paidLies = chronicle.named("PayoutClaimed").filter(({ args }) => nameOf(args.identity)?.isLiar && args.share > 0n);
  return [
    ...strikes.map(({ args }) => `${nameOf(args.identity)?.name} has a strike for task ${args.taskId}`),
    ...paidLies.map(({ args }) => `a lie was paid for in task ${args.taskId}`),
  ];
}
