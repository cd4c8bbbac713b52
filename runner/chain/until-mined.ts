import { chainErrorOf, type Hex, isParityError, ParityError, pause } from "@parity-protocol/sdk";
import { type Client, keccak256, type PrivateKeyAccount, parseTransaction, type TransactionSerializableEIP1559 } from "viem";
import { getTransactionCount, getTransactionReceipt, sendRawTransaction } from "viem/actions";
import type { Journal } from "../journal/journal.ts";
import type { UnsettledTransaction } from "../journal/records.ts";
import type { FeePolicy } from "./fees.ts";

/** A call that was mined and did what it should. */
export interface SentStep {
  transactionHash: Hex;
  blockNumber: bigint;
  gasUsed: bigint;
  feeWei: bigint;
}

/** How long a transaction may stay unmined before something is done about it. Milliseconds. */
export interface Patience {
  /** Then it is sent again, byte for byte, in case that the endpoint forgot it; and again after as long. */
  rebroadcastMs: number;
  /** Then it is replaced by one that pays more; and again after as long. */
  replaceMs: number;
  /** Then the wait ends; the transaction is looked for again the next time. */
  giveUpMs: number;
}

export const defaultPatience: Patience = { rebroadcastMs: 10_000, replaceMs: 45_000, giveUpMs: 300_000 };

/** What waiting for a transaction needs. */
export interface MiningDeps {
  client: Client;
  account: PrivateKeyAccount;
  journal: Journal;
  fees: FeePolicy;
  baseFeePerGasWei: () => bigint;
  pollMs: number;
  patience?: Patience;
}

type Mined = SentStep & { isSuccess: boolean };

/**
 * Waits until a transaction is mined, keeps it known to the endpoint, and pays more when it is stuck. Faults are waited out.
 * @throws TRANSACTION_REVERTED; NONCE_CONFLICT when another transaction took its nonce; TRANSACTION_TIMED_OUT
 */
export async function untilMined(deps: MiningDeps, transaction: UnsettledTransaction, signal: AbortSignal): Promise<SentStep> {
  const { rebroadcastMs, replaceMs, giveUpMs } = deps.patience ?? defaultPatience;
  const versions = [transaction];
  const startedAt = performance.now();
  let [sentAt, pricedAt] = [startedAt, startedAt];
  for (let attempt = 0; ; attempt++) {
    const outcome = await lookUp(deps, versions);
    if (outcome !== "pending") return conclude(deps, versions, outcome);
    const now = performance.now();
    if (now - startedAt > giveUpMs)
      throw new ParityError("TRANSACTION_TIMED_OUT", `Transaction ${transaction.hash} was not mined within ${giveUpMs} ms.`);
    if (now - pricedAt > replaceMs) {
      await replace(deps, versions);
      [sentAt, pricedAt] = [now, now];
    } else if (now - sentAt > rebroadcastMs) {
      await broadcast(deps.client, versions.at(-1) ?? transaction);
      sentAt = now;
    }
    await pause(Math.min(deps.pollMs, 20 * 2 ** Math.min(attempt, 10)), signal);
  }
}

/** Sends a signed transaction once more. Refused where it is known, mined or replaced: the receipt and the nonce tell which. */
export async function broadcast(client: Client, { raw }: UnsettledTransaction): Promise<void> {
  await sendRawTransaction(client, { serializedTransaction: raw }).catch(() => undefined);
}

/** Signs the same call with the same nonce and a higher fee. Nodes ask for a tenth more; where the ceiling forbids it, nothing is done. */
async function replace({ account, journal, fees, client, baseFeePerGasWei }: MiningDeps, versions: UnsettledTransaction[]): Promise<void> {
  const last = versions.at(-1);
  if (!last) return;
  // Without the signature, which is the old one's.
  const {
    chainId,
    to,
    data,
    value,
    gas,
    nonce,
    maxFeePerGas = 0n,
    maxPriorityFeePerGas = 0n,
  } = parseTransaction(last.raw as `0x02${string}`);
  const raised = await fees.raise({ maxFeePerGas, maxPriorityFeePerGas }, baseFeePerGasWei()).catch(() => undefined);
  if (!raised) return;
  const call = { chainId, to, data, value, gas, nonce } as TransactionSerializableEIP1559;
  const raw = await account.signTransaction({ ...call, type: "eip1559", ...raised });
  const version = { ...last, hash: keccak256(raw), raw };
  journal.recordTransaction(version);
  versions.push(version);
  await broadcast(client, version);
}

function conclude({ journal }: MiningDeps, versions: readonly UnsettledTransaction[], outcome: Mined | "lost"): SentStep {
  const mined = outcome === "lost" ? undefined : outcome;
  for (const { hash } of versions)
    journal.recordOutcome(hash, hash !== mined?.transactionHash ? "lost" : mined.isSuccess ? "mined" : "reverted");
  const [first] = versions;
  if (!mined) throw new ParityError("NONCE_CONFLICT", `Another transaction took the nonce ${first?.nonce} of transaction ${first?.hash}.`);
  const { isSuccess, ...sent } = mined;
  if (isSuccess) return sent;
  throw new ParityError("TRANSACTION_REVERTED", `Transaction ${mined.transactionHash} was mined and refused: the task changed in between.`);
}

async function lookUp({ client, account }: MiningDeps, versions: readonly UnsettledTransaction[]): Promise<Mined | "pending" | "lost"> {
  try {
    const mined = await findReceipt(client, versions);
    if (mined) return mined;
    const used = await getTransactionCount(client, { address: account.address, blockTag: "latest" });
    if (used <= (versions[0]?.nonce ?? 0)) return "pending";
    // It may have been mined between the two questions.
    return (await findReceipt(client, versions)) ?? "lost";
  } catch (error) {
    if (isParityError(chainErrorOf(error, client), "RPC_UNREACHABLE", "RPC_FAILED")) return "pending";
    throw error;
  }
}

async function findReceipt(client: Client, versions: readonly UnsettledTransaction[]): Promise<Mined | undefined> {
  for (const { hash } of versions) {
    const receipt = await getTransactionReceipt(client, { hash }).catch((error: unknown) => {
      if (error instanceof Error && error.name === "TransactionReceiptNotFoundError") return undefined;
      throw error;
    });
    if (!receipt) continue;
    const { transactionHash, blockNumber, gasUsed, effectiveGasPrice, status } = receipt;
    return { transactionHash, blockNumber, gasUsed, feeWei: gasUsed * effectiveGasPrice, isSuccess: status === "success" };
  }
  return undefined;
}
