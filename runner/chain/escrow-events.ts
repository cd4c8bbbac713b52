import { type Address, type Hex, type Task, taskOfLog } from "@parity-protocol/sdk";
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
  return logs.flatMap((log): EscrowEvent[] => {
    const [parsed] = parseEventLogs({ abi: taskEscrowAbi, logs: [log] });
    if (!parsed) return [];
    const { taskId } = parsed.args;
    if (parsed.eventName === "TaskPosted") {
      const task = taskOfLog(log, place);
      return task ? [{ kind: "posted", task }] : [];
    }
    if (parsed.eventName === "SlotReserved")
      return [{ kind: "slot-taken", taskId, identity: parsed.args.identity, runner: parsed.args.runner }];
    if (parsed.eventName === "ResultCommitted") return [{ kind: "slot-taken", taskId, identity: parsed.args.identity }];
    if (parsed.eventName === "PayoutClaimed") {
      const { identity, share, bond } = parsed.args;
      return [{ kind: "paid", taskId, identity, shareWei: share, bondWei: bond, blockNumber: BigInt(log.blockNumber ?? 0) }];
    }
    return [{ kind: "other", taskId }];
  });
}
