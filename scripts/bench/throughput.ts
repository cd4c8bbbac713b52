import { measureThroughput } from "../../test/runner/bench/pace.ts";
import { type Bench, type Measured, mebibytes } from "./part.ts";

const ROUNDS = 5;

/** Tasks a minute of one runner beside a loop of `docker run`, as many at a time, and the memory that it takes. */
export async function measurePace({ isTrial }: Bench): Promise<Measured> {
  const { concurrency, dockerPerMinute, tasksPerMinute, memory } = await measureThroughput(isTrial ? 1 : ROUNDS);
  const node = { what: "an idle Node", value: mebibytes(memory.idleNodeBytes) };
  return {
    rows: [
      {
        what: `trivial tasks, ${concurrency} at a time on one runner`,
        unit: "a minute",
        ours: tasksPerMinute,
        beside: { what: "a loop of docker run", value: dockerPerMinute },
        aim: { atLeast: 1 },
        why: "a task is a run and five promises: each is in a synced journal before it is sent, and the chain that mines them shares the processors",
      },
      { what: "memory of a runner, just started", unit: "MiB", ours: mebibytes(memory.idleBytes), beside: node },
      { what: "memory of a runner at its peak, over those tasks", unit: "MiB", ours: mebibytes(memory.peakBytes), beside: node },
    ],
  };
}
