import { type Address, type Hex, type Task, taskOfEvent } from "@parity-protocol/sdk";
import { taskEscrowAbi } from "@parity-protocol/sdk/contracts";
import { parseEventLogs, type RpcLog } from "viem";

/** What a log of the escrow tells a runner. It is a hint to look at the task, never a fact to act on. */
export type EscrowEvent =
  | { kind: "posted"; task: Task }
  | { kind: "slot-taken"; taskId: Hex; identity: Hex; runner?: Address }
  | { kind: "paid"; taskId: Hex; identity: Hex; shareWei: bigint; bondWei: bigint; blockNumber: bigint }
  | { kind: "other"; taskId: Hex };

/** Where an escrow is. */
export interface EscrowPlace {
  chainId: number;
  escrow: Address;
}

/** Decodes the escrow's logs in order. A post whose id does not follow from its terms is left out: the RPC invented it. */
export function decodeEvents(logs: readonly RpcLog[], place: EscrowPlace): EscrowEvent[] {
  return parseEventLogs({ abi: taskEscrowAbi, logs: [...logs] }).flatMap((log): EscrowEvent[] => {
    const { taskId } = log.args;
    if (log.eventName === "TaskPosted") {
      const task = taskOfEvent(log, place);
      return task ? [{ kind: "posted", task }] : [];
    }
    if (log.eventName === "SlotReserved") return [{ kind: "slot-taken", taskId, identity: log.args.identity, runner: log.args.runner }];
    if (log.eventName === "ResultCommitted") return [{ kind: "slot-taken", taskId, identity: log.args.identity }];
    if (log.eventName === "PayoutClaimed") {
      const { identity, share, bond } = log.args;
      return [{ kind: "paid", taskId, identity, shareWei: share, bondWei: bond, blockNumber: log.blockNumber ?? 0n }];
    }
    return [{ kind: "other", taskId }];
  });
}
