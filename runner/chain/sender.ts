import { type Address, chainErrorOf, type Hex, isParityError, ParityError, pause } from "@parity-protocol/sdk";
import { taskEscrowAbi } from "@parity-protocol/sdk/contracts";
import { type Client, type EncodeFunctionDataParameters, encodeFunctionData, keccak256, type PrivateKeyAccount } from "viem";
import { estimateGas, getTransactionCount, getTransactionReceipt, sendRawTransaction } from "viem/actions";
import type { Journal } from "../journal/journal.ts";
import type { UnsettledTransaction } from "../journal/records.ts";
import type { FeePolicy } from "./fees.ts";

type Call = EncodeFunctionDataParameters<typeof taskEscrowAbi>;

/** A call of the escrow that a step wants to make. */
export interface StepCall {
  verb: "reserve" | "commit" | "reveal" | "claim";
  taskId: Hex;
  functionName: "reserveSlot" | "commitResult" | "revealResult" | "claimPayout";
  args: readonly unknown[];
  /** The bond, where the asset is the chain's native currency. */
  valueWei?: bigint;
}

/** A call that was mined and did what it should. */
export interface SentStep {
  transactionHash: Hex;
  blockNumber: bigint;
  gasUsed: bigint;
  feeWei: bigint;
}

/** Sends a runner's calls to the chain. */
export interface ChainSender {
  /**
   * Tries the call out, sends it and waits until it is mined. A call of a task whose transaction is still on its way, also from
   * before a restart, is not sent twice.
   * @throws the escrow's own codes where the trial is refused (nothing was sent); RPC_UNREACHABLE, RPC_FAILED, FEE_ABOVE_CEILING,
   * INSUFFICIENT_FUNDS, NONCE_CONFLICT; TRANSACTION_REVERTED, TRANSACTION_TIMED_OUT
   */
  send(call: StepCall, signal: AbortSignal): Promise<SentStep>;
}

/** What a sender needs. */
export interface SenderDeps {
  client: Client;
  account: PrivateKeyAccount;
  chainId: number;
  escrow: Address;
  journal: Journal;
  fees: FeePolicy;
  /** The newest known base fee. */
  baseFeePerGasWei: () => bigint;
  pollMs: number;
}

/** State can change between the trial and the block: a vote that decides, a slot that becomes the last. */
const gasMargin = (gas: bigint): bigint => (gas * 13n) / 10n + 10_000n;
/** After this time a transaction is sent again, byte for byte, in case that the endpoint forgot it. */
const rebroadcastMs = 10_000;
const mineTimeoutMs = 180_000;

/** Makes the sender of one account. Nobody else may send from the account: nonces are counted here. */
export function createSender(deps: SenderDeps): ChainSender {
  const nonces = new NonceQueue(() => getTransactionCount(deps.client, { address: deps.account.address, blockTag: "pending" }));
  return {
    send: (call, signal) =>
      withCodes(deps.client, async () => {
        const former = deps.journal.unsettled(call.taskId, call.verb);
        if (former) {
          const settled = await settleFormer(deps, nonces, { former, signal });
          if (settled) return settled;
        }
        const gas = gasMargin(await tryOut(deps, call));
        const sent = await nonces.next((nonce) => signAndSend(deps, call, { nonce, gas }));
        return untilMined(deps, sent, signal);
      }),
  };
}

async function withCodes<T>(client: Client, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw chainErrorOf(error, client);
  }
}

function dataOf({ functionName, args }: StepCall): Hex {
  return encodeFunctionData({ abi: taskEscrowAbi, functionName, args } as Call);
}

/** A call that the contract would refuse costs nothing here and its gas on the chain. */
function tryOut({ client, account, escrow }: SenderDeps, call: StepCall): Promise<bigint> {
  const value = call.valueWei ?? 0n;
  // The pending block has the time that the transaction would see; the latest one may be older than the phase that it needs.
  return estimateGas(client, { account: account.address, to: escrow, data: dataOf(call), value, blockTag: "pending" });
}

async function signAndSend(deps: SenderDeps, call: StepCall, terms: { nonce: number; gas: bigint }): Promise<UnsettledTransaction> {
  const { account, chainId, escrow, journal } = deps;
  const fees = await deps.fees.choose(deps.baseFeePerGasWei());
  const body = { chainId, type: "eip1559", to: escrow, data: dataOf(call), value: call.valueWei ?? 0n, ...terms, ...fees } as const;
  const raw = await account.signTransaction(body);
  const transaction = { hash: keccak256(raw), taskId: call.taskId, verb: call.verb, nonce: terms.nonce, raw };
  journal.recordTransaction(transaction);
  try {
    await sendRawTransaction(deps.client, { serializedTransaction: raw });
  } catch (error) {
    const failure = chainErrorOf(error, deps.client);
    // No answer does not mean that it was not sent: it is looked for below, and sent again.
    if (isParityError(failure, "RPC_UNREACHABLE") || isAlreadyKnown(failure)) return transaction;
    journal.recordOutcome(transaction.hash, "lost");
    throw failure;
  }
  return transaction;
}

/** Takes a transaction up again whose end is not known; undefined where it can never be mined any more. */
async function settleFormer(
  deps: SenderDeps,
  nonces: NonceQueue,
  { former, signal }: { former: UnsettledTransaction; signal: AbortSignal },
): Promise<SentStep | undefined> {
  await nonces.exclusively(() => broadcastAgain(deps, former));
  try {
    return await untilMined(deps, former, signal);
  } catch (error) {
    if (isParityError(error, "NONCE_CONFLICT", "TRANSACTION_REVERTED")) return undefined;
    throw error;
  }
}

async function broadcastAgain({ client }: SenderDeps, { raw }: UnsettledTransaction): Promise<void> {
  // Refused where it is known, mined or replaced: the receipt and the nonce tell which.
  await sendRawTransaction(client, { serializedTransaction: raw }).catch(() => undefined);
}

async function untilMined(deps: SenderDeps, transaction: UnsettledTransaction, signal: AbortSignal): Promise<SentStep> {
  const startedAt = performance.now();
  let broadcastAt = startedAt;
  for (let attempt = 0; ; attempt++) {
    const outcome = await lookUp(deps, transaction);
    if (outcome !== "pending") return concluded(deps, transaction, outcome);
    if (performance.now() - startedAt > mineTimeoutMs)
      throw new ParityError("TRANSACTION_TIMED_OUT", `Transaction ${transaction.hash} was not mined within ${mineTimeoutMs} ms.`);
    if (performance.now() - broadcastAt > rebroadcastMs) {
      await broadcastAgain(deps, transaction);
      broadcastAt = performance.now();
    }
    await pause(Math.min(deps.pollMs, 20 * 2 ** Math.min(attempt, 10)), signal);
  }
}

type Outcome = SentStep & { isSuccess: boolean };

function concluded({ journal }: SenderDeps, { hash, nonce }: UnsettledTransaction, outcome: Outcome | "lost"): SentStep {
  if (outcome === "lost") {
    journal.recordOutcome(hash, "lost");
    throw new ParityError("NONCE_CONFLICT", `Another transaction took the nonce ${nonce} of transaction ${hash}.`);
  }
  journal.recordOutcome(hash, outcome.isSuccess ? "mined" : "reverted");
  const { isSuccess, ...sent } = outcome;
  if (isSuccess) return sent;
  throw new ParityError("TRANSACTION_REVERTED", `Transaction ${hash} was mined and refused: the task changed in between.`);
}

async function lookUp({ client, account }: SenderDeps, { hash, nonce }: UnsettledTransaction): Promise<Outcome | "pending" | "lost"> {
  try {
    const mined = await findReceipt(client, hash);
    if (mined) return mined;
    const used = await getTransactionCount(client, { address: account.address, blockTag: "latest" });
    if (used <= nonce) return "pending";
    // It may have been mined between the two questions.
    return (await findReceipt(client, hash)) ?? "lost";
  } catch (error) {
    if (isParityError(chainErrorOf(error, client), "RPC_UNREACHABLE", "RPC_FAILED")) return "pending";
    throw error;
  }
}

async function findReceipt(client: Client, hash: Hex): Promise<Outcome | undefined> {
  const receipt = await getTransactionReceipt(client, { hash }).catch((error: unknown) => {
    if (error instanceof Error && error.name === "TransactionReceiptNotFoundError") return undefined;
    throw error;
  });
  if (!receipt) return undefined;
  const { transactionHash, blockNumber, gasUsed, effectiveGasPrice, status } = receipt;
  return { transactionHash, blockNumber, gasUsed, feeWei: gasUsed * effectiveGasPrice, isSuccess: status === "success" };
}

function isAlreadyKnown(failure: ParityError): boolean {
  return /already known|known transaction|already imported|already exists/i.test(failure.message);
}

/** Hands out nonces one after another; after any failure the chain is asked for the next one, so that no gap is left. */
class NonceQueue {
  readonly #read: () => Promise<number>;
  #next: number | undefined;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(read: () => Promise<number>) {
    this.#read = read;
  }

  next<T>(send: (nonce: number) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const nonce = this.#next ?? (await this.#read());
      this.#next = undefined;
      const sent = await send(nonce);
      this.#next = nonce + 1;
      return sent;
    });
  }

  /** Runs something that may use a nonce of its own. */
  exclusively(act: () => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      this.#next = undefined;
      await act();
    });
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(act);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}
