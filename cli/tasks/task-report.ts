import {
  type CommitteeMember,
  getChainTime,
  getCommittee,
  getResult,
  getStrikes,
  getTaskState,
  type Hex,
  nextPhaseChange,
  type Phase,
  phaseOf,
  strikeScopeOf,
  type Task,
  type TaskResult,
  type TaskState,
  zeroAddress,
} from "@parity-protocol/sdk";
import type { TaskPlace } from "./find-task.ts";

/** How far a runner got in a task, in one word. */
export type Standing = "reserved" | "committed" | "revealed" | "matched" | "mismatched" | "no-show" | "kept";

/** One slot of a task, as anyone can see it. */
export interface SlotReport extends CommitteeMember {
  standing: Standing;
  /** All strikes of the identity in the task's scope. */
  strikesInScope: number;
}

/** Everything that the chain says about a task. */
export interface TaskReport {
  task: Task;
  state: TaskState;
  phase: Phase;
  /** When time alone ends the phase, unix seconds. */
  phaseEndsAt?: number;
  /** Seconds until then. */
  phaseEndsInSeconds?: number;
  result: TaskResult;
  slots: SlotReport[];
  isOpenToAnyone: boolean;
}

/** Reads everything that the chain says about a task. @throws RPC_UNREACHABLE, RPC_FAILED */
export async function readTaskReport(task: Task, { client, escrow, signal }: TaskPlace): Promise<TaskReport> {
  const named = { escrow, taskId: task.taskId };
  const [{ state }, time, result, members] = await Promise.all([
    getTaskState(client, named),
    getChainTime(client),
    getResult(client, named),
    getCommittee(client, { ...named, fromBlock: task.blockNumber, signal }),
  ]);
  const phase = phaseOf(state, time.next);
  const change = nextPhaseChange(state, time.next);
  const scope = strikeScopeOf({ gate: task.terms.gate, submitter: task.submitter });
  const strikes = await Promise.all(members.map(({ identity }) => getStrikes(client, { escrow, scope, identity })));
  const slots = members.map((member, i) => ({
    ...member,
    standing: standingOf(member, { state, phase, result }),
    strikesInScope: strikes[i] ?? 0,
  }));
  return {
    task,
    state,
    phase,
    ...(change ? { phaseEndsAt: change.at, phaseEndsInSeconds: change.at - time.next } : {}),
    result,
    slots,
    isOpenToAnyone: task.terms.gate === zeroAddress,
  };
}

/** Says how far a runner got. */
export function standingOf(
  member: CommitteeMember,
  { state, phase, result }: { state: TaskState; phase: Phase; result: TaskResult },
): Standing {
  if (phase === "DEAD") return member.commitment || state.committed === 0 ? "kept" : "no-show";
  if (member.opening) return answerStanding(member.opening.outputHash, result);
  if (phase === "ACCEPTED" || phase === "VOID") return "no-show";
  return member.commitment ? "committed" : "reserved";
}

function answerStanding(outputHash: Hex, result: TaskResult): Standing {
  if (!result.isDecided) return "revealed";
  return outputHash === result.outputHash ? "matched" : "mismatched";
}
