import type { Phase } from "@parity-protocol/sdk";
import { WarningIcon } from "./icons.tsx";
import type { Tone } from "./notice.tsx";

const phaseTones: Readonly<Record<Phase, Tone>> = {
  NONE: "plain",
  OPEN: "wait",
  SEALED: "wait",
  REVEALING: "wait",
  ACCEPTED: "good",
  VOID: "bad",
  DEAD: "bad",
};

/** What each phase means, in a few words. */
export const phaseMeanings: Readonly<Record<Phase, string>> = {
  NONE: "The escrow has no such task",
  OPEN: "Runners may take slots and commit",
  SEALED: "Commitments are final; no answer is known yet",
  REVEALING: "Runners open their commitments",
  ACCEPTED: "A quorum revealed the same output",
  VOID: "No output reached the quorum; the bounty goes back",
  DEAD: "Too few runners committed; the bounty goes back",
};

/** Names a phase. */
export function PhaseBadge({ phase }: { phase: Phase }) {
  return (
    <span className={`badge badge-${phaseTones[phase]}`} title={phaseMeanings[phase]}>
      {phase.charAt(0) + phase.slice(1).toLowerCase()}
    </span>
  );
}

/** Flags a task without a gate. */
export function NoGateBadge() {
  return (
    <span className="badge badge-wait" title="No gate: whoever fills a quorum of slots with fresh addresses decides the result">
      <WarningIcon />
      Open to anyone
    </span>
  );
}
