import { setTimeout as pause } from "node:timers/promises";
import type { TaskEvent } from "@parity-protocol/sdk";
import { measureLatency } from "../../test/runner/bench/pace.ts";
import { RunnerLab } from "../../test/runner/support/lab.ts";
import { median } from "../../test/support/measure.ts";
import type { Bench, Measured } from "./part.ts";
import { measureRoundTrip } from "./round-trip.ts";

const RUNNERS = 3;
const ROUNDS = 7;
/** With a block a second: the commitments, the reveals and the claims cannot share one, as each waits for what the last one said. */
const fewestBlocks = 3;
const mostOwnMs = 150;

/** What the network adds to a job: from the post to the last payout, in time on a chain that mines at once, and in blocks on one that does not. */
export async function measureNetwork({ isTrial, say }: Bench): Promise<Measured> {
  const rounds = isTrial ? 1 : ROUNDS;
  say("round trip");
  const { dockerMs, firstMs, laterMs, transactions, runners } = await measureRoundTrip(rounds);
  say("one runner");
  const { ownMs } = await measureLatency(rounds);
  say("blocks");
  const blocks = await countBlocks(rounds);
  const beside = { what: "docker run", value: dockerMs };
  const why = `${runners} runners run the job at the same time on this one machine's processors, and a chain, a store and ${transactions} transactions share them`;
  return {
    rows: [
      {
        what: "one runner: mined post to sent commitment, less a docker run",
        unit: "ms",
        ours: ownMs,
        beside: { what: "at most", value: mostOwnMs },
        aim: { atMost: 1 },
        why: "fetching and verifying the job, asking the gate, reserving, filling a cell and syncing the journal, on processors that the chain shares",
      },
      { what: `trivial job, mined post to ${runners} runners paid`, unit: "ms", ours: laterMs, beside, aim: { atMost: 3 }, why },
      { what: "the same, less the job: what the network adds", unit: "ms", ours: laterMs - dockerMs },
      { what: "the same for an image that no runner has", unit: "ms", ours: firstMs, beside },
      {
        what: "mined post to all paid, a block a second",
        unit: "blocks",
        ours: blocks,
        beside: { what: "at least", value: fewestBlocks },
        aim: { atMost: 2 },
        why: "a block passes while the job runs, and one before a runner sees what the last block said",
      },
    ],
  };
}

/** Blocks between the post of a trivial task and its last payout, a block a second. */
async function countBlocks(rounds: number): Promise<number> {
  const lab = await RunnerLab.open({ anvil: ["--block-time", "1"] });
  try {
    const indices = Array.from({ length: RUNNERS }, (_, i) => i + 1);
    const change = { RUNNER_LOG_LEVEL: "error", RUNNER_POLL_MS: "" };
    const programs = await Promise.all(indices.map((index) => lab.startProgram(index, change)));
    await Promise.all(programs.map((program) => program.ready()));
    const jobHash = await lab.upload({ script: "echo done" });
    const blocks: number[] = [];
    await blocksOfTask(lab, jobHash); // fetches and loads the image
    for (let round = 0; round < rounds; round++) blocks.push(await blocksOfTask(lab, jobHash));
    await Promise.all(programs.map((program) => program.kill("SIGTERM")));
    return median(blocks);
  } finally {
    await lab.close();
  }
}

async function blocksOfTask(lab: RunnerLab, jobHash: `0x${string}`): Promise<number> {
  const { taskId, receipt } = await lab.post(jobHash, { slots: RUNNERS, quorum: 2 });
  const isClaim = ({ name }: TaskEvent) => name === "PayoutClaimed";
  for (;;) {
    const claims = (await lab.eventsOf(taskId)).filter(isClaim);
    if (claims.length === RUNNERS) return Number(claims.at(-1)?.blockNumber ?? 0n) - Number(receipt.blockNumber);
    await pause(100);
  }
}
