import { type Hex, isDecided, type Phase, phaseOf, revealsFrom, revealsUntil, type TaskState, type TaskTerms } from "@parity-protocol/sdk";

/** What a runner knows about one task at one moment: facts of the chain, its own record, and the clock. */
export interface Situation {
  terms: TaskTerms;
  state: TaskState;
  /** Unix seconds by the chain's clock. */
  now: number;
  /** What stands in this identity's slot; `foreign`: another address of the same identity reserved it. */
  slot: "none" | "reserved" | "foreign" | "committed";
  hasRevealed: boolean;
  /** The hash that reached the quorum. */
  decidedHash?: Hex;
  /** Whether the close of the commit phase is as many blocks deep as configured, so that it cannot come back. */
  isCloseConfirmed: boolean;

  /** What the policy says; `pending` until everything that the job needs was fetched and verified. */
  verdict: "pending" | "taken" | "refused";
  /** Whether the host has room for the job now; for any job at all while it is not known. */
  hasCapacity: boolean;
  /** Whether it is among the first that get room once there is some: those are assessed meanwhile. */
  isNextInLine: boolean;
  /** Whether what is left for gas pays for this task to its end, with all that are in hand. */
  canPay: boolean;
  /** The output hash that this runner promised or, before a promise, computed. */
  outputHash?: Hex;
  /** Whether this runner can open the commitment that stands in its slot; `unknown` until the job ran (again). */
  opening: "known" | "unknown" | "foreign";
  /** Where the output's blobs are; `uploading` only while that is tried for the first time. */
  output: "absent" | "stored" | "uploading" | "published";
  /** Whether the execution failed for good. */
  hasFailed: boolean;

  /** How long the job may run, seconds. */
  runSeconds: number;
  /** The earliest time that the next block can have, unix seconds: what is sent now is in it or in a later one. */
  nextBlockAt: number;
  /** How long before the commit deadline the last commitment is sent, seconds. */
  marginSeconds: number;
  /** Whether a slot that did not match is settled although that pays nothing (it costs gas). */
  claimsMismatches: boolean;
}

export type Verb = "reserve" | "execute" | "commit" | "reveal" | "publish" | "claim";

export type WaitReason =
  | "not-on-chain"
  | "being-assessed"
  | "no-capacity"
  | "gas-short"
  | "host-not-ready"
  | "deadline-too-near"
  | "execution-failed"
  | "commits-open"
  | "reveals-not-open"
  | "close-unconfirmed"
  | "reveal-too-late"
  | "reveals-open"
  | "output-uploading";

export type DoneReason =
  | "never-posted"
  | "refused"
  | "full"
  | "too-late"
  | "identity-in-use"
  | "not-taken"
  | "no-show"
  | "commitment-foreign"
  | "opening-lost"
  | "outvoted"
  | "not-revealed"
  | "dead"
  | "void"
  | "settled";

/** What to do next about a task. `until` is when time alone can change the answer, unix seconds; an event can at any moment. */
export type Step =
  | { kind: "reserve" | "reveal" | "claim" }
  | { kind: "execute" }
  | { kind: "publish" }
  | { kind: "commit"; outputHash: Hex }
  | { kind: "wait"; until?: number; why: WaitReason }
  | { kind: "done"; why: DoneReason };

const wait = (why: WaitReason, until: number): Step => ({ kind: "wait", why, until });
const done = (why: DoneReason): Step => ({ kind: "done", why });
const reserve: Step = { kind: "reserve" };
const execute: Step = { kind: "execute" };
const reveal: Step = { kind: "reveal" };
const publish: Step = { kind: "publish" };
const claim: Step = { kind: "claim" };
const commit = (outputHash: Hex): Step => ({ kind: "commit", outputHash });

/**
 * Decides the next step of one task: the whole behaviour of a runner, without any effect. A restart, a lost journal, a replayed
 * event and a reorganisation are ordinary situations: whatever the chain says now is answered, whatever was done before.
 */
export function nextStep(situation: Situation): Step {
  return whileIn[phaseOf(situation.state, situation.now)](situation);
}

const whileIn: Record<Phase, (situation: Situation) => Step> = {
  // A reorganisation can take the post away and bring it back; at the deadline it can do no harm any more.
  NONE: ({ now, terms }) => (now >= terms.commitDeadline ? done("never-posted") : wait("not-on-chain", terms.commitDeadline)),
  OPEN: whileOpen,
  SEALED: whileSealed,
  REVEALING: whileRevealing,
  DEAD: onceDead,
  ACCEPTED: onceAccepted,
  VOID: onceVoid,
};

function whileOpen(situation: Situation): Step {
  const { slot, state } = situation;
  if (slot === "foreign") return done("identity-in-use");
  if (slot === "none") return takeSlot(situation);
  if (slot === "reserved") return fillSlot(situation);
  return withOpening(situation, () => wait("commits-open", state.closesAt));
}

function takeSlot(situation: Situation): Step {
  const { state, now, verdict, outputHash, runSeconds, marginSeconds, hasCapacity, isNextInLine, canPay, hasFailed } = situation;
  if (state.reserved >= state.slots) return done("full");
  // The slot fell out of the chain after the job had run: a commitment takes a slot by itself.
  if (outputHash !== undefined) return hasTimeToCommit(situation) ? commit(outputHash) : done("too-late");
  if (verdict === "refused" || hasFailed) return done("refused");
  if (now + runSeconds + marginSeconds > state.closesAt) return done("too-late");
  // Before the assessment, which fetches the job: nobody can make a busy runner fill its disk.
  const latestStart = state.closesAt - runSeconds - marginSeconds;
  const isAssessedAhead = verdict === "pending" && isNextInLine;
  if (!hasCapacity && !isAssessedAhead) return wait("no-capacity", latestStart);
  if (!canPay) return wait("gas-short", latestStart);
  if (verdict === "pending") return wait("being-assessed", state.closesAt);
  return reserve;
}

function fillSlot(situation: Situation): Step {
  const { state, outputHash, hasFailed } = situation;
  if (!hasTimeToCommit(situation)) return wait("deadline-too-near", state.closesAt);
  if (outputHash !== undefined) return commit(outputHash);
  return hasFailed ? wait("execution-failed", state.closesAt) : execute;
}

function hasTimeToCommit({ state, now, nextBlockAt, marginSeconds }: Situation): boolean {
  return now + marginSeconds < state.closesAt && nextBlockAt < state.closesAt;
}

function whileSealed(situation: Situation): Step {
  const { slot, state } = situation;
  if (slot !== "committed") return missed(situation);
  return withOpening(situation, () => wait("reveals-not-open", revealsFrom(state)));
}

function whileRevealing(situation: Situation): Step {
  const { slot, state, terms, hasRevealed, isCloseConfirmed, nextBlockAt } = situation;
  if (slot !== "committed") return missed(situation);
  if (hasRevealed) return publishFirst(situation, () => wait("reveals-open", revealsUntil(state)));
  return withOpening(situation, () => {
    // A reveal in a commit phase that comes back would hand the answer to those who have not committed yet.
    if (!isCloseConfirmed) return wait("close-unconfirmed", revealsUntil(state));
    // Too late to match: a reveal would buy back the bond and nothing else.
    if (isOutvoted(situation) && terms.bondWei === 0n) return done("outvoted");
    // It would be refused in its block, and say the answer for nothing.
    return nextBlockAt < revealsUntil(state) ? reveal : wait("reveal-too-late", revealsUntil(state));
  });
}

function onceDead(situation: Situation): Step {
  const { slot, state, terms } = situation;
  if (terms.bondWei === 0n) return done("dead");
  if (slot === "committed") return withOpening(situation, () => claim);
  // Nobody committed at all: the task was probably impossible, and every bond goes home.
  return slot === "reserved" && state.committed === 0 ? claim : done("dead");
}

function onceAccepted(situation: Situation): Step {
  const { slot, terms, outputHash, hasRevealed, claimsMismatches } = situation;
  if (slot === "none") return publishFirst(situation, () => done(outputHash === undefined ? "not-taken" : "settled"));
  if (slot !== "committed") return missed(situation);
  if (!hasRevealed) return done("not-revealed");
  if (isMatching(situation)) return publishFirst(situation, () => withOpening(situation, () => claim));
  return terms.bondWei > 0n || claimsMismatches ? withOpening(situation, () => claim) : done("outvoted");
}

function onceVoid(situation: Situation): Step {
  const { slot, terms, hasRevealed } = situation;
  if (slot !== "committed" || !hasRevealed || terms.bondWei === 0n) return done("void");
  return withOpening(situation, () => claim);
}

function missed({ slot }: Situation): Step {
  return done(slot === "reserved" ? "no-show" : slot === "foreign" ? "identity-in-use" : "not-taken");
}

/** A commitment is of use only to who can open it; one whose opening was lost with the journal is computed again. */
function withOpening(situation: Situation, then: () => Step): Step {
  const { opening, hasFailed } = situation;
  if (opening === "foreign") return done("commitment-foreign");
  if (opening === "known") return then();
  return hasFailed ? done("opening-lost") : execute;
}

/** Its end wakes the task; a look in between costs little. */
const uploadLookSeconds = 30;

/** The output is published once a quorum revealed it and never before: until then it would be there to be copied. */
function publishFirst(situation: Situation, then: () => Step): Step {
  const { output, hasFailed, slot, now } = situation;
  if (!isMatching(situation) || output === "published") return then();
  if (output === "stored") return publish;
  // Once the slot is paid only the journal knows that the output is still owed to the submitter.
  if (output === "uploading") return wait("output-uploading", now + uploadLookSeconds);
  // The disk was lost. While the slot is unpaid the answer is still owed to the submitter.
  return slot === "none" || hasFailed ? then() : execute;
}

function isMatching({ state, decidedHash, outputHash, opening, slot }: Situation): boolean {
  if (!isDecided(state) || decidedHash === undefined) return false;
  return outputHash === decidedHash && (slot === "none" || opening === "known");
}

function isOutvoted({ state, decidedHash, outputHash }: Situation): boolean {
  return isDecided(state) && decidedHash !== undefined && outputHash !== decidedHash;
}
