import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { type Costs, measureCosts } from "../../test/contracts/support/costs.ts";
import type { Measured } from "./part.ts";
import { peers } from "./peers.ts";
import type { Row } from "./results.ts";

/** What a unit of gas may cost: on a rollup, the main chain on a quiet day, and on a busy one. */
const prices = [
  { gwei: 0.01, where: "a rollup" },
  { gwei: 1, where: "a quiet main chain" },
  { gwei: 30, where: "a busy main chain" },
] as const;

/** The one peer that does the same thing: an escrow, a committee that commits and reveals, a quorum, payouts. */
const strictPeer = "iExec PoCo v6.2.0, normal optimizer, n=3";

/** What every call costs, a whole task beside the peers', and what that is at three prices. */
export async function measureGas(): Promise<Measured> {
  await promisify(execFile)("npx", ["--no-install", "hardhat", "build", "--quiet"], { cwd: path.resolve(import.meta.dirname, "../..") });
  const [native, token] = [await measureCosts("native"), await measureCosts("token")];
  return {
    rows: [...besidePeers(native), ...calls(native, token), ...atPrices(native)],
    notes: [
      "The peers' gas was measured once, on the same engine, and is stated; the table compares whole tasks of three runners, payouts in.",
    ],
  };
}

function besidePeers({ wholeTask, post, batchedResult }: Costs): Row[] {
  const single = peers.map(({ name, wholeTask: value }): Row => {
    const row: Row = { what: "a whole task, n=3, single calls", unit: "gas", ours: wholeTask, beside: { what: name, value } };
    return name === strictPeer ? { ...row, aim: { atMost: 1 } } : row;
  });
  const peer = peers.find(({ name }) => name === strictPeer);
  const beside = { what: strictPeer, value: peer?.wholeTask ?? Number.NaN };
  return [...single, { what: "a whole task, n=3, runners batch ten", unit: "gas", ours: post + 3 * batchedResult, beside }];
}

function calls(native: Costs, token: Costs): Row[] {
  const shown = {
    post: "post",
    reserve: "reserve",
    commit: "commit",
    reveal: "reveal",
    claim: "claim",
    reclaim: "reclaim",
    report: "report",
  } as const;
  const rows = Object.entries(shown).map(([name, verb]): Row => {
    const key = name as keyof typeof shown;
    return { what: `${verb}, native`, unit: "gas", ours: native[key], beside: { what: "in a token", value: token[key] } };
  });
  const result: Row = { what: "a runner's whole result, n=5, single calls", unit: "gas", ours: native.result };
  return [...rows, { ...result, beside: { what: "in batches of ten", value: native.batchedResult } }];
}

function atPrices({ wholeTask }: Costs): Row[] {
  return prices.map(({ gwei, where }) => ({
    what: `a whole task, n=3, at ${gwei} gwei: ${where}`,
    unit: "ETH",
    ours: (wholeTask * gwei) / 1e9,
  }));
}
