import { type CommitteeMember, type Hex, type Phase, type Standing, standingOf, strikeScopeOf } from "@parity-protocol/sdk";
import type { Entry } from "./book.ts";

/** One slot of a task, as an auditor wants to see it. */
export interface SlotView extends CommitteeMember {
  standing: Standing;
  /** The slot whose commitment this one repeats: copied, it opens for nobody but the one who made it. */
  copyOf?: number;
  /** Whether the strike of this task was recorded; a slot that is not settled yet has none. */
  isStruck: boolean;
}

/** Says of each slot of a task how far its runner got. */
export function slotsOf(entry: Entry, phase: Phase): SlotView[] {
  const firstWith = new Map<Hex, number>();
  for (const member of openedFirst(entry.members)) {
    if (member.commitment && !firstWith.has(member.commitment)) firstWith.set(member.commitment, member.slot);
  }
  return entry.members.map((member) => {
    const first = member.commitment ? firstWith.get(member.commitment) : undefined;
    return {
      ...member,
      standing: standingOf({
        hasCommitted: member.commitment !== undefined,
        ...(member.opening ? { revealedHash: member.opening.outputHash } : {}),
        phase,
        state: entry.state,
        result: entry.result,
      }),
      ...(first !== undefined && first !== member.slot ? { copyOf: first } : {}),
      isStruck: member.strikes !== undefined && member.strikes > 0,
    };
  });
}

/** Names the scope in which a task's strikes count. */
export function scopeOf({ task }: Entry) {
  return strikeScopeOf({ gate: task.terms.gate, submitter: task.submitter });
}

/** Who opened a commitment made it, even where a copy of it was mined first. */
function openedFirst(members: readonly CommitteeMember[]): CommitteeMember[] {
  return [...members.filter(({ opening }) => opening), ...members.filter(({ opening }) => !opening)];
}
