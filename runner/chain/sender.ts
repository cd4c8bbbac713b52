import { type Address, chainErrorOf, type Hex, isParityError, type ParityError } from "@parity-protocol/sdk";
import { taskEscrowAbi } from "@parity-protocol/sdk/contracts";
import { type Client, type EncodeFunctionDataParameters, encodeFunctionData, keccak256 } from "viem";
import { estimateGas, getTransactionCount, sendRawTransaction } from "viem/actions";
import type { UnsettledTransaction } from "../journal/records.ts";
import { NonceQueue } from "./nonce-queue.ts";
import { broadcast, type MiningDeps, type SentStep, untilMined } from "./until-mined.ts";

export type { SentStep } from "./until-mined.ts";

/** A call of the escrow that a step wants to make. */
export interface StepCall {
  verb: "reserve" | "commit" | "reveal" | "claim";
  taskId: Hex;
  functionName: "reserveSlot" | "commitResult" | "revealResult" | "claimPayout";
  args: readonly unknown[];
  /** The bond, where the asset is the chain's native currency. */
  valueWei?: bigint;
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
export interface SenderDeps extends MiningDeps {
  chainId: number;
  escrow: Address;
}

/** State can change between the trial and the block: a vote that decides, a slot that becomes the last. */
const gasMargin = (gas: bigint): bigint => (gas * 13n) / 10n + 10_000n;

/** Makes the sender of one account. Nobody else may send from the account: nonces are counted here. */
export function createSender(deps: SenderDeps): ChainSender {
  const nonces = new NonceQueue(() => getTransactionCount(deps.client, { address: deps.account.address, blockTag: "pending" }));
  return {
    send: (call, signal) =>
      withCodes(deps.client, async () => {
        const former = deps.journal.unsettled(call.taskId, call.verb);
        const settled = former && (await settleFormer(deps, nonces, { former, signal }));
        if (settled) return settled;
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
  return encodeFunctionData({ abi: taskEscrowAbi, functionName, args } as EncodeFunctionDataParameters<typeof taskEscrowAbi>);
}

/** A call that the contract would refuse costs nothing here and its gas on the chain. */
function tryOut({ client, account, escrow }: SenderDeps, call: StepCall): Promise<bigint> {
  const value = call.valueWei ?? 0n;
  // The pending block has the time that the transaction would see; the latest one may be older than the phase that it needs.
  return estimateGas(client, { account: account.address, to: escrow, data: dataOf(call), value, blockTag: "pending" });
}

async function signAndSend(deps: SenderDeps, call: StepCall, terms: { nonce: number; gas: bigint }): Promise<UnsettledTransaction> {
  const { account, chainId, escrow, journal, client } = deps;
  const fees = await deps.fees.choose(deps.baseFeePerGasWei());
  const body = { chainId, type: "eip1559", to: escrow, data: dataOf(call), value: call.valueWei ?? 0n, ...terms, ...fees } as const;
  const raw = await account.signTransaction(body);
  const transaction = { hash: keccak256(raw), taskId: call.taskId, verb: call.verb, nonce: terms.nonce, raw };
  journal.recordTransaction(transaction);
  const failure = await sendRawTransaction(client, { serializedTransaction: raw }).then(
    () => undefined,
    (error: unknown) => chainErrorOf(error, client),
  );
  // No answer does not mean that it was not sent: it is looked for, and sent again.
  if (!failure || failure.code === "RPC_UNREACHABLE" || isAlreadyKnown(failure)) return transaction;
  journal.recordOutcome(transaction.hash, "lost");
  throw failure;
}

function isAlreadyKnown(failure: ParityError): boolean {
  return /already known|known transaction|already imported|already exists/i.test(failure.message);
}

/** Takes a transaction up again whose end is not known; undefined where it will never do what it should. */
async function settleFormer(
  deps: SenderDeps,
  nonces: NonceQueue,
  { former, signal }: { former: UnsettledTransaction; signal: AbortSignal },
): Promise<SentStep | undefined> {
  await nonces.exclusively(() => broadcast(deps.client, former));
  try {
    return await untilMined(deps, former, signal);
  } catch (error) {
    if (isParityError(error, "NONCE_CONFLICT", "TRANSACTION_REVERTED")) return undefined;
    throw error;
  }
}
