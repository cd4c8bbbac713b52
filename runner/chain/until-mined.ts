import { chainErrorOf, type Hex, isParityError, ParityError, pause } from "@parity-protocol/sdk";
import { type Client, keccak256, type Log, type PrivateKeyAccount, parseTransaction, type TransactionSerializableEIP1559 } from "viem";
import { getTransactionCount, getTransactionReceipt, sendRawTransaction } from "viem/actions";
import type { Journal } from "../journal/journal.ts";
import type { UnsettledTransaction } from "../journal/records.ts";
import { type Endpoints, readNextNonce } from "./endpoints.ts";
import type { FeePolicy } from "./fees.ts";
import { type Urgency, urgencyOf } from "./urgency.ts";

/** A transaction that is in a block. */
export interface MinedTransaction {
  transactionHash: Hex;
  blockNumber: bigint;
  blockHash: Hex;
  gasUsed: bigint;
  feeWei: bigint;
  logs: readonly Log[];
}

/** How long a transaction may stay unmined before something is done about it. Milliseconds. */
export interface Patience {
  /** Then it is sent again, byte for byte, in case that the endpoint forgot it; and again after as long. */
  rebroadcastMs: number;
  /** Then it is replaced by one that pays more; and again after as long. Sooner where its deadline is near. */
  replaceMs: number;
  /** Then a caller's wait ends; the transaction is watched on, and a caller that comes again waits for the same one. */
  giveUpMs: number;
}

export const defaultPatience: Patience = { rebroadcastMs: 10_000, replaceMs: 45_000, giveUpMs: 300_000 };

/** What waiting for a transaction needs. */
export interface MiningDeps {
  client: Client;
  /** The same endpoints as the client's. */
  endpoints: Pick<Endpoints, "client" | "each" | "quorum">;
  account: PrivateKeyAccount;
  journal: Journal;
  fees: FeePolicy;
  baseFeePerGasWei: () => bigint;
  /** What is left until a deadline, unix seconds, by the chain's clock and pace. */
  leftUntil: (deadline: number) => { blocks: number; ms: number };
  pollMs: number;
  patience?: Patience;
  /** Ends all watching: what is on its way is taken up again at the next start. */
  signal: AbortSignal;
  /** Hears of each transaction that was mined, once, also of one that was refused in its block. */
  onMined?: (transaction: UnsettledTransaction, mined: MinedTransaction) => void;
  /** Hears of each version that pays more. */
  onReplaced?: () => void;
}

type Mined = MinedTransaction & { isSuccess: boolean };

/** Says how much a transaction hurries: as much as the first of its steps that would be too late. */
export function urgencyOfSteps({ leftUntil, patience = defaultPatience }: MiningDeps, steps: readonly { deadline?: number }[]): Urgency {
  const deadlines = steps.flatMap(({ deadline }) => (deadline === undefined ? [] : [deadline]));
  return urgencyOf(deadlines.length === 0 ? undefined : leftUntil(Math.min(...deadlines)), patience.replaceMs);
}

/** So many looks in a row must find a gap in the nonces: an endpoint that is behind shows one that is not there. */
const gapLooks = 2;

/**
 * Waits until a transaction is mined, keeps it known to the endpoint, and pays more when it is stuck. Faults are waited out.
 * @param versions replacements are added to them
 * @param isOnItsWay says whether a transaction of this runner with a nonce is on its way
 * @throws TRANSACTION_REVERTED; NONCE_CONFLICT when another transaction took its nonce
 */
export async function untilMined(
  deps: MiningDeps,
  versions: UnsettledTransaction[],
  isOnItsWay: (nonce: number) => boolean,
): Promise<MinedTransaction> {
  const { rebroadcastMs } = deps.patience ?? defaultPatience;
  let gaps = 0;
  let [sentAt, pricedAt] = [performance.now(), performance.now()];
  for (let attempt = 0; ; attempt++) {
    const outcome = await lookUp(deps, versions);
    if (outcome !== "pending") return conclude(deps, versions, outcome);
    if (gaps >= gapLooks) return conclude(deps, versions, "lost");
    const now = performance.now();
    const urgency = urgencyOfSteps(deps, versions[0]?.steps ?? []);
    const isUnderpriced = now - pricedAt > urgency.replaceMs;
    if (isUnderpriced || now - sentAt > rebroadcastMs) {
      // Not waited for: an endpoint that is slow to answer must not hold up a higher fee.
      void isCutOff(deps, versions, isOnItsWay).then((isGap) => {
        gaps = isGap ? gaps + 1 : 0;
      });
      await (isUnderpriced ? replace(deps, versions, urgency) : rebroadcast(deps, versions));
      if (isUnderpriced) pricedAt = now;
      sentAt = now;
    }
    await pause(Math.min(deps.pollMs, 20 * 2 ** Math.min(attempt, 10)), deps.signal);
  }
}

/**
 * Says whether a nonce below this transaction's is free and nothing is on its way to take it: it would wait for ever. So it is after blocks
 * were taken back when it was being signed.
 */
async function isCutOff(
  { endpoints, account }: MiningDeps,
  [first]: readonly UnsettledTransaction[],
  isOnItsWay: (nonce: number) => boolean,
): Promise<boolean> {
  if (!first) return false;
  const next = await readNextNonce(endpoints, account.address).catch(() => first.nonce);
  for (let nonce = next; nonce < first.nonce; nonce++) if (!isOnItsWay(nonce)) return true;
  return false;
}

async function rebroadcast({ client }: MiningDeps, versions: readonly UnsettledTransaction[]): Promise<void> {
  const newest = versions.at(-1);
  if (newest) await broadcast(client, newest);
}

/** Sends a signed transaction once more. Refused where it is known, mined or replaced: the receipt and the nonce tell which. */
export async function broadcast(client: Client, { raw }: UnsettledTransaction): Promise<void> {
  await sendRawTransaction(client, { serializedTransaction: raw }).catch(() => undefined);
}

/**
 * Signs the same call with the same nonce and a higher fee. Nodes ask for a tenth more; where the ceiling forbids it, the last version is
 * sent again: an endpoint may have dropped it while it paid too little.
 */
async function replace(deps: MiningDeps, versions: UnsettledTransaction[], urgency: Urgency): Promise<void> {
  const { account, journal, fees, client, baseFeePerGasWei } = deps;
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
  const former = { maxFeePerGas, maxPriorityFeePerGas };
  const raised = await fees.raise(former, baseFeePerGasWei(), urgency).catch(() => undefined);
  if (!raised) return broadcast(client, last);
  const call = { chainId, to, data, value, gas, nonce } as TransactionSerializableEIP1559;
  const raw = await account.signTransaction({ ...call, type: "eip1559", ...raised });
  const version = { ...last, hash: keccak256(raw), raw };
  journal.recordTransaction(version);
  versions.push(version);
  deps.onReplaced?.();
  await broadcast(client, version);
}

function conclude(deps: MiningDeps, versions: readonly UnsettledTransaction[], outcome: Mined | "lost"): MinedTransaction {
  const { journal, onMined } = deps;
  const mined = outcome === "lost" ? undefined : outcome;
  for (const { hash } of versions)
    if (hash === mined?.transactionHash) journal.recordOutcome(hash, mined.isSuccess ? "mined" : "reverted", mined.feeWei);
    else journal.recordOutcome(hash, "lost");
  const [first] = versions;
  if (!mined || !first)
    throw new ParityError("NONCE_CONFLICT", `Another transaction took the nonce ${first?.nonce} of transaction ${first?.hash}.`);
  onMined?.(first, mined);
  if (mined.isSuccess) return mined;
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
    const { transactionHash, blockNumber, blockHash, gasUsed, effectiveGasPrice, status, logs } = receipt;
    const feeWei = gasUsed * effectiveGasPrice;
    return { transactionHash, blockNumber, blockHash, gasUsed, feeWei, logs, isSuccess: status === "success" };
  }
  return undefined;
}
