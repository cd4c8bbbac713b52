import type { Account, Address, Hex, TransactionReceipt } from "viem";
import { call, estimateGas, getBlockNumber, getTransactionReceipt, sendTransaction } from "viem/actions";
import { type ErrorCode, isParityError, ParityError } from "../errors/index.ts";
import { type ChainClient, chainErrorOf, withChainErrors } from "./chain-error.ts";
import { backoffMs, pause, throwIfAborted } from "./pause.ts";
import type { InTurn } from "./take-turns.ts";
import { withSignal } from "./with-signal.ts";

/** A transaction that is yet to be sent. */
export interface EscrowCall {
  /** Absent for the creation of a contract. */
  to?: Address;
  data: Hex;
  /** Native currency that goes with it, in wei. */
  value?: bigint;
}

/** How every action that sends a transaction may be told to send it. */
export interface SendOptions {
  /** Called with the transaction's hash as soon as it is sent. */
  onSent?: (transactionHash: Hex) => void;
  /** Blocks to wait for, the transaction's own included; 1 unless told. */
  confirmations?: number;
  /** The longest wait for the receipt, in milliseconds; 180,000 unless told. */
  timeoutMs?: number;
  /** Milliseconds between two looks at the chain; the client's polling interval unless told. */
  pollMs?: number;
  /** Sends in turn with the account's other transactions, so that many can be on their way at once: see takeTurns. */
  inTurn?: InTurn;
  /** Ends the call: nothing is sent afterwards, and a transaction that was sent stays sent. */
  signal?: AbortSignal;
}

/** A transaction that was mined and did what it should. */
export interface SentCall {
  transactionHash: Hex;
  receipt: TransactionReceipt;
}

const atOnce: InTurn = (act) => act();

/** State can change between the estimate and the block: a vote that becomes the leading one, a slot that becomes the last. */
const gasMarginPercent = 25n;

/**
 * Sends a transaction after trying it out, and waits for its receipt. Nothing is sent when the trial is refused.
 * @throws ACCOUNT_MISSING, INSUFFICIENT_FUNDS, TRANSACTION_REVERTED, TRANSACTION_TIMED_OUT, WAIT_ABORTED, RPC_UNREACHABLE, and the
 * codes of the escrow's own errors
 */
export async function sendCall(client: ChainClient, request: EscrowCall, options: SendOptions = {}): Promise<SentCall> {
  const account = accountOf(client);
  const gas = await estimateCallGas(withSignal(client, options.signal), request);
  const { inTurn = atOnce, signal } = options;
  const transactionHash = await inTurn(() => {
    throwIfAborted(signal);
    return withChainErrors(client, () =>
      sendTransaction(client, { ...request, to: request.to ?? null, account, gas, chain: client.chain ?? null }),
    );
  });
  options.onSent?.(transactionHash);
  const receipt = await waitForReceipt(client, transactionHash, options);
  if (receipt.status !== "success") throw await revertReason(client, request, receipt);
  return { transactionHash, receipt };
}

/**
 * Tries a transaction out and says how much gas to send with it: what it used, and a quarter more.
 * @throws ACCOUNT_MISSING, INSUFFICIENT_FUNDS, RPC_UNREACHABLE, and the codes of the escrow's own errors
 */
async function estimateCallGas(client: ChainClient, request: EscrowCall): Promise<bigint> {
  // The bare address: with a local account, viem would first ask for a nonce and fees that an estimate does not need.
  const account = accountOf(client).address;
  try {
    const used = await estimateGas(client, { ...request, account });
    return used + (used * gasMarginPercent) / 100n;
  } catch (error) {
    const failure = chainErrorOf(error, client);
    if (failure.code !== "TRANSACTION_REVERTED") throw failure;
    // Some nodes give the contract's reason to a call but not to an estimate.
    await withChainErrors(client, () => call(client, { ...request, account }));
    throw failure;
  }
}

/**
 * Reads the account that a client sends with.
 * @throws ACCOUNT_MISSING
 */
export function accountOf(client: ChainClient): Account {
  if (client.account) return client.account;
  throw new ParityError("ACCOUNT_MISSING", "A transaction has to be sent, and the client has no account.");
}

/**
 * Waits until a transaction is mined, whatever happened to it. RPC errors in between are waited out.
 * @throws TRANSACTION_TIMED_OUT, WAIT_ABORTED
 */
export async function waitForReceipt(client: ChainClient, hash: Hex, options: SendOptions = {}): Promise<TransactionReceipt> {
  const { confirmations = 1, timeoutMs = 180_000, pollMs = client.pollingInterval, signal } = options;
  const startedAt = performance.now();
  let failures = 0;
  while (true) {
    try {
      const receipt = await getTransactionReceipt(withSignal(client, signal), { hash });
      if (confirmations <= 1 || (await hasConfirmations(client, receipt, confirmations))) return receipt;
      failures = 0;
    } catch (error) {
      // Not mined yet, or no answer: both may pass.
      failures = isParityError(chainErrorOf(error, client), "RPC_UNREACHABLE") ? failures + 1 : 0;
    }
    if (performance.now() - startedAt > timeoutMs)
      throw new ParityError("TRANSACTION_TIMED_OUT", `Transaction ${hash} was not mined within ${timeoutMs} ms.`, {
        details: { transactionHash: hash },
      });
    await pause(backoffMs(pollMs, failures), signal);
  }
}

async function hasConfirmations(client: ChainClient, receipt: TransactionReceipt, confirmations: number): Promise<boolean> {
  const head = await getBlockNumber(client, { cacheTime: 0 });
  return head - receipt.blockNumber + 1n >= BigInt(confirmations);
}

/** The receipt of a failed transaction does not say why: asks again, as of its own block. */
async function revertReason(client: ChainClient, request: EscrowCall, receipt: TransactionReceipt): Promise<ParityError> {
  const details = { transactionHash: receipt.transactionHash };
  const failed = (why: string, code: ErrorCode = "TRANSACTION_REVERTED") =>
    new ParityError(code, `Transaction ${receipt.transactionHash} was mined and failed: ${why}`, { details });
  try {
    await call(client, { ...request, account: receipt.from, blockNumber: receipt.blockNumber });
    return failed("another transaction came first, or it ran out of gas.");
  } catch (error) {
    const reason = chainErrorOf(error, client);
    return reason.isRetryable ? failed("the node does not say why.") : failed(reason.message, reason.code);
  }
}
