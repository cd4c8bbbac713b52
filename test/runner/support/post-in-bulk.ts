import { type Hex, zeroAddress } from "@parity-protocol/sdk";
import { taskEscrowAbi } from "@parity-protocol/sdk/contracts";
import { encodeFunctionData, numberToHex } from "viem";
import { getTransactionCount } from "viem/actions";
import type { RunnerLab } from "./lab.ts";

/** Which tasks to post. */
export interface Bulk {
  count: number;
  jobHash: Hex;
  bountyWei: bigint;
  /** How long after the close the committed slots are held; none unless told. */
  revealDelaySeconds?: number;
  /** How many share a block; all unless told. */
  perBlock?: number;
}

const gas = numberToHex(200_000);
const gasPrice = numberToHex(10n ** 10n);
/** A day to commit. */
const commitSeconds = 86_400;
const mostPerBlock = 500;

/** Posts many tasks of one slot without waiting for each: many in a request, many in a block. For anvil, whose accounts are unlocked. */
export async function postInBulk(lab: RunnerLab, { count, perBlock = mostPerBlock, ...bulk }: Bulk): Promise<void> {
  const from = lab.submitter.account.address;
  const commitDeadline = (await lab.now()) + commitSeconds;
  let nonce = await getTransactionCount(lab.submitter, { address: from });
  await lab.rpc("evm_setAutomine", [false]);
  for (let left = count; left > 0; left -= perBlock) {
    const calls = Array.from({ length: Math.min(left, perBlock) }, () => {
      const data = postingData(lab, { ...bulk, nonce, commitDeadline });
      const value = numberToHex(bulk.bountyWei);
      const call = { from, to: lab.escrow, data, value, gas, gasPrice, nonce: numberToHex(nonce++) };
      return { jsonrpc: "2.0", id: nonce, method: "eth_sendTransaction", params: [call] };
    });
    await sendAll(lab.rpcUrl, calls);
    await lab.rpc("evm_mine", []);
  }
  await lab.rpc("evm_setAutomine", [true]);
}

interface Posting extends Omit<Bulk, "count" | "perBlock"> {
  nonce: number;
  commitDeadline: number;
}

function postingData(lab: RunnerLab, { jobHash, bountyWei, revealDelaySeconds = 0, nonce, commitDeadline }: Posting): Hex {
  const window = { commitDeadline, revealDelay: revealDelaySeconds, revealWindow: 3_600 };
  const terms = { bounty: bountyWei, bond: 0n, slots: 1, quorum: 1, ...window, gate: zeroAddress, jobHash, nonce: BigInt(nonce) };
  return encodeFunctionData({ abi: taskEscrowAbi, functionName: "postTask", args: [terms, lab.storeServer.url] });
}

async function sendAll(url: string, calls: readonly object[]): Promise<void> {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(calls) });
  const refusal = ((await answer.json()) as { error?: { message: string } }[]).find(({ error }) => error);
  if (refusal) throw new Error(`a posting was refused: ${refusal.error?.message}`);
}
