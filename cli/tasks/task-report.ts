import {
  type CommitteeMember,
  getChainTime,
  getCommittee,
  getResult,
  getStrikes,
  getTaskState,
  nextPhaseChange,
  type Phase,
  phaseOf,
  type Standing,
  standingOf,
  strikeScopeOf,
  type Task,
  type TaskResult,
  type TaskState,
  zeroAddress,
} from "@parity-protocol/sdk";
import type { TaskPlace } from "./find-task.ts";

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
    standing: standingOf({
      hasCommitted: member.commitment !== undefined,
      ...(member.opening ? { revealedHash: member.opening.outputHash } : {}),
      phase,
      state,
      result,
    }),
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
