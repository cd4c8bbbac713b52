import { parseEventLogs } from "viem";
import type { ChainClient } from "../chain/chain-error.ts";
import { encodeEscrowCall } from "../chain/encode-call.ts";
import { decodeRevert } from "../chain/revert-error.ts";
import { type SendOptions, type SentCall, sendCall } from "../chain/send-call.ts";
import type { ParityError } from "../errors/index.ts";
import { taskEscrowAbi } from "../protocol/contracts.ts";
import type { Address, Hex, TaskKey } from "../protocol/types.ts";

/** Steps of one identity with one payee, about any tasks; performed in this order. */
export interface Steps {
  /** 0x-hex, 32 bytes. */
  identity: Hex;
  payee: Address;
  reveals?: readonly { taskId: Hex; outputHash: Hex; salt: Hex }[];
  claims?: readonly { task: TaskKey; outputHash: Hex; salt: Hex }[];
  commits?: readonly { task: TaskKey; commitment: Hex; proof?: Hex }[];
  reservations?: readonly { task: TaskKey; proof?: Hex }[];
}

export interface PerformStepsParameters extends SendOptions {
  escrow: Address;
  steps: Steps;
  /** Native currency for the bonds of all steps; nothing unless told. What the steps do not take is sent back. */
  bondsWei?: bigint;
}

/** A step that the escrow refused and left out. */
export interface SkippedStep {
  taskId: Hex;
  /** What the single call would have failed with. */
  error: ParityError;
}

/**
 * Performs many steps in one transaction. A step that is refused is skipped, and is reported; the others stand.
 * @throws WRONG_VALUE, TRANSFER_FAILED, INSUFFICIENT_FUNDS, and what sendCall throws
 * @example
 * const { skipped } = await performSteps(client, { escrow, steps: { identity, payee, reveals: [{ taskId, outputHash, salt }] } });
 */
export async function performSteps(
  client: ChainClient,
  parameters: PerformStepsParameters,
): Promise<SentCall & { skipped: SkippedStep[] }> {
  const { escrow, steps, bondsWei = 0n } = parameters;
  const data = encodeEscrowCall("performSteps", [toContractSteps(steps)]);
  const sent = await sendCall(client, { to: escrow, data, value: bondsWei }, parameters);
  const logs = parseEventLogs({ abi: taskEscrowAbi, eventName: "StepSkipped", logs: sent.receipt.logs });
  return { ...sent, skipped: logs.map(({ args }) => ({ taskId: args.taskId, error: decodeRevert(args.reason) })) };
}

function toContractSteps({ identity, payee, reveals = [], claims = [], commits = [], reservations = [] }: Steps) {
  return {
    identity,
    payee,
    reveals,
    claims,
    commits: commits.map(({ proof = "0x" as const, ...step }) => ({ ...step, proof })),
    reservations: reservations.map(({ proof = "0x" as const, ...step }) => ({ ...step, proof })),
  };
}
