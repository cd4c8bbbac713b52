import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { claimPayout, commitmentOf, commitResult, type Hex, identityOf, reserveSlot, revealResult } from "@parity-protocol/sdk";
import { createClient, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";
import { type CatchUp, measureCatchUp } from "../../test/runner/bench/scale.ts";
import { RunnerLab } from "../../test/runner/support/lab.ts";
import { postInBulk } from "../../test/runner/support/post-in-bulk.ts";
import { median, timed } from "../../test/support/measure.ts";
import { type Bench, type Measured, mebibytes } from "./part.ts";
import type { Chart, Row } from "./results.ts";

/** How many tasks the escrow has had. */
const allSizes = [10, 100, 1_000, 10_000] as const;
const verbs = ["post", "reserve", "commit", "reveal", "claim"] as const;
const commandRounds = 3;
const jobHash: Hex = `0x${"11".repeat(32)}`;
const outputHash: Hex = `0x${"22".repeat(32)}`;
const parity = path.join(import.meta.dirname, "../../cli/bin/parity.js");

type Gas = Record<(typeof verbs)[number], number>;
type Latency = Record<"list" | "status" | "version", number>;

/** What grows with the number of tasks that an escrow has had, and what does not. */
export async function measureGrowth({ isTrial, say }: Bench): Promise<Measured> {
  const sizes = isTrial ? allSizes.slice(0, 2) : [...allSizes];
  say("a runner that catches up");
  const runner = await measureCatchUp(sizes);
  say("one more task, and commands");
  const grown: Grown = { sizes, runner, ...(await measureChain(sizes)) };
  return { rows: rowsOf(grown), charts: chartsOf(grown) };
}

interface Grown {
  sizes: number[];
  runner: readonly CatchUp[];
  gas: readonly Gas[];
  latency: readonly Latency[];
}

function rowsOf({ sizes, runner, gas, latency }: Grown): Row[] {
  const [few, many] = [sizes[0], sizes.at(-1)].map((size) => `with ${size?.toLocaleString("en-US")} tasks`);
  const row = (what: string, unit: Row["unit"], values: readonly number[]): Row => ({
    what: `${what}, ${many}`,
    unit,
    ours: values.at(-1) ?? Number.NaN,
    beside: { what: few ?? "", value: values[0] ?? Number.NaN },
  });
  const flat = { atMost: 1.05 };
  return [
    ...verbs.map((verb) => ({
      ...row(
        verb,
        "gas",
        gas.map((each) => each[verb]),
      ),
      aim: flat,
    })),
    {
      ...row(
        "a runner's RPC calls a block",
        "calls",
        runner.map((each) => each.callsABlock),
      ),
      aim: flat,
    },
    {
      ...row(
        "a runner's memory at its peak",
        "MiB",
        runner.map((each) => mebibytes(each.peakBytes)),
      ),
      aim: { atMost: 1.5 },
      why: "events are read a few hundred at a time, and what they leave behind is collected when there is need",
    },
    row(
      "a runner catches up",
      "s",
      runner.map((each) => each.seconds),
    ),
    row(
      "parity list",
      "ms",
      latency.map((each) => each.list),
    ),
    row(
      "parity status of the last task",
      "ms",
      latency.map((each) => each.status),
    ),
  ];
}

function chartsOf({ sizes, runner, gas, latency }: Grown): Chart[] {
  const xLabel = "tasks that the escrow has had";
  const chart = (rest: Pick<Chart, "name" | "title" | "yLabel" | "lines">): Chart => ({ xLabel, xs: sizes, ...rest });
  const commands = { list: "parity list", status: "parity status", version: "parity --version" } as const;
  const latencies = Object.entries(commands).map(([key, name]) => ({
    name,
    ys: latency.map((each) => each[key as keyof typeof commands]),
  }));
  return [
    chart({
      name: "gas",
      title: "Gas of each call",
      yLabel: "gas",
      lines: verbs.map((name) => ({ name, ys: gas.map((each) => each[name]) })),
    }),
    chart({ name: "latency", title: "How long a command takes", yLabel: "ms", lines: latencies }),
    chart({
      name: "memory",
      title: "A runner's memory at its peak, caught up",
      yLabel: "MiB",
      lines: [{ name: "runner", ys: runner.map((each) => mebibytes(each.peakBytes)) }],
    }),
    chart({
      name: "rpc-calls",
      title: "RPC calls of a runner, a block",
      yLabel: "calls",
      lines: [{ name: "runner", ys: runner.map((each) => each.callsABlock) }],
    }),
    chart({
      name: "catch-up",
      title: "From a runner's start until it has caught up",
      yLabel: "seconds",
      lines: [{ name: "runner", ys: runner.map((each) => each.seconds) }],
    }),
  ];
}

/** Gas of one more task, and how long commands take, in an escrow that has had so many. */
async function measureChain(sizes: readonly number[]): Promise<Pick<Grown, "gas" | "latency">> {
  const lab = await RunnerLab.open({ anvil: ["--gas-limit", "1000000000"] });
  try {
    await liveTask(lab); // warms every balance
    const [gas, latency]: [Gas[], Latency[]] = [[], []];
    let posted = 1;
    for (const size of sizes) {
      await postInBulk(lab, { count: size - 1 - posted, jobHash, bountyWei: 3n });
      const task = await liveTask(lab);
      posted = size;
      gas.push(task.gas);
      latency.push(await timeCommands(lab, task.taskId));
    }
    return { gas, latency };
  } finally {
    await lab.close();
  }
}

/** The whole life of a task of one slot, by hand. */
async function liveTask(lab: RunnerLab): Promise<{ taskId: Hex; gas: Gas }> {
  const { escrow } = lab;
  const account = privateKeyToAccount(lab.keyOf(1));
  const runner = createClient({ account, chain: hardhat, transport: http(lab.rpcUrl), pollingInterval: 20 });
  const posted = await lab.post(jobHash);
  const { taskId, key: task } = posted;
  const opening = { identity: identityOf(account.address), payee: account.address, outputHash, salt: `0x${"33".repeat(32)}` } as const;
  const commitment = commitmentOf({ chainId: hardhat.id, escrow, taskId, opening });
  const { identity } = opening;
  const reserved = await reserveSlot(runner, { escrow, task });
  const committed = await commitResult(runner, { escrow, task, identity, commitment });
  const revealed = await revealResult(runner, { escrow, taskId, opening });
  const claimed = await claimPayout(runner, { escrow, task, opening });
  const [post, reserve, commit, reveal, claim] = [posted, reserved, committed, revealed, claimed].map(({ receipt }) =>
    Number(receipt.gasUsed),
  );
  return { taskId, gas: { post, reserve, commit, reveal, claim } as Gas };
}

async function timeCommands({ rpcUrl, escrow, directory }: RunnerLab, taskId: Hex): Promise<Latency> {
  const env = { PATH: process.env.PATH, PARITY_RPC_URL: rpcUrl, PARITY_ESCROW: escrow };
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [parity, ...args], { env, cwd: directory });
  const commands = { list: ["list"], status: ["status", taskId], version: ["--version"] } as const;
  const times: Record<keyof Latency, number[]> = { list: [], status: [], version: [] };
  for (let round = 0; round < commandRounds; round++)
    for (const [name, args] of Object.entries(commands)) times[name as keyof Latency].push(await timed(() => run(...args)));
  return { list: median(times.list), status: median(times.status), version: median(times.version) };
}
