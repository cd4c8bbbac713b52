import { type ChainClient, chainErrorOf } from "../chain/chain-error.ts";
import { type ChainTime, getChainTime } from "../chain/chain-time.ts";
import { backoffMs, pause, throwIfAborted } from "../chain/pause.ts";
import { withSignal } from "../chain/with-signal.ts";
import { isParityError, ParityError } from "../errors/index.ts";
import { isDecided, isTerminal, phaseOf } from "../protocol/phase.ts";
import type { Address, Hex, Phase, TaskState, TerminalPhase } from "../protocol/types.ts";
import { getResult } from "./get-result.ts";
import { getTaskState } from "./get-task-state.ts";

export interface WaitForResultParameters {
  escrow: Address;
  taskId: Hex;
  /**
   * "closed" (unless told) waits for the task's end; "decided" is content with a quorum of equal reveals, which no later one can
   * change: the output can be fetched from then on, payouts cannot be claimed yet.
   */
  until?: "closed" | "decided";
  /** Called for every change of phase, and with the first phase that was seen. */
  onPhase?: (phase: Phase, state: TaskState) => void;
  /** Called when the RPC fails; the wait goes on by itself. */
  onError?: (error: ParityError) => void;
  /** Ends the wait. */
  signal?: AbortSignal;
  /** Milliseconds between two looks; the client's polling interval unless told. */
  pollMs?: number;
}

/** How a task ended. */
export interface WaitedResult {
  /** ACCEPTED: a quorum agreed. VOID: it did not. DEAD: there were too few commitments. */
  outcome: TerminalPhase;
  /** Of an accepted task: sha256 of the output manifest, 0x-hex, 32 bytes. */
  outputHash?: Hex;
  /** How many slots revealed it. */
  matching: number;
  state: TaskState;
}

/**
 * A chain that makes blocks only for transactions shows the end of a window in no block. The time that the next block would have
 * is taken then, so many seconds late: a block of the window that is still on its way shall not be overlooked.
 */
const graceSeconds = 15;

/** A node behind a load balancer may not have the block yet that posted the task; and a reorg may take it away for a while. */
const unknownAfterLooks = 5;

/**
 * Waits until a task has come to its end. Survives RPC errors: a failing RPC never makes a task look lost.
 * @throws TASK_UNKNOWN, WAIT_ABORTED
 * @example
 * const { outcome, outputHash } = await waitForResult(client, { escrow, taskId, onPhase: (phase) => console.log(phase) });
 */
export async function waitForResult(client: ChainClient, parameters: WaitForResultParameters): Promise<WaitedResult> {
  const { onPhase, onError, signal, pollMs = client.pollingInterval } = parameters;
  let lastPhase: Phase = "NONE";
  let failures = 0;
  let looks = 0;
  while (true) {
    throwIfAborted(signal);
    const seen = await tryLook(client, parameters);
    if (isParityError(seen)) {
      failures += 1;
      onError?.(seen);
    } else {
      failures = 0;
      looks += 1;
      if (seen.phase === "NONE" && lastPhase === "NONE" && looks >= unknownAfterLooks) throw taskUnknown(parameters);
      if (seen.phase !== "NONE" && seen.phase !== lastPhase) onPhase?.(seen.phase, seen.state);
      if (seen.phase !== "NONE") lastPhase = seen.phase;
      if (seen.result) return seen.result;
    }
    await pause(backoffMs(pollMs, failures), signal);
  }
}

/** Looks at the task; a failure that may pass is a value, so that what the caller's callbacks throw is not mistaken for one. */
async function tryLook(client: ChainClient, parameters: WaitForResultParameters): Promise<Look | ParityError> {
  try {
    return await look(client, parameters);
  } catch (error) {
    const failure = chainErrorOf(error, client);
    if (failure.isRetryable) return failure;
    throw failure;
  }
}

interface Look {
  state: TaskState;
  phase: Phase;
  result?: WaitedResult;
}

async function look(chain: ChainClient, { escrow, taskId, until = "closed", signal }: WaitForResultParameters): Promise<Look> {
  const client = withSignal(chain, signal);
  const [{ state }, time] = await Promise.all([getTaskState(client, { escrow, taskId }), getChainTime(client)]);
  const phase = phaseOf(state, trustedNow(time));
  const isOver = isTerminal(phase) || (until === "decided" && isDecided(state));
  if (!isOver) return { state, phase };
  const outcome = isTerminal(phase) ? phase : "ACCEPTED";
  if (outcome !== "ACCEPTED") return { state, phase, result: { outcome, matching: 0, state } };
  const { outputHash, matching } = await getResult(client, { escrow, taskId });
  return { state, phase, result: { outcome, outputHash, matching, state } };
}

function taskUnknown({ escrow, taskId }: WaitForResultParameters): ParityError {
  return new ParityError("TASK_UNKNOWN", `The escrow ${escrow} has no task ${taskId}.`);
}

function trustedNow({ latest, next }: ChainTime): number {
  return Math.max(latest, next - graceSeconds);
}
