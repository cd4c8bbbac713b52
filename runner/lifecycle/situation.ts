import { type Address, type Hex, hasRevealed, type Opening } from "@parity-protocol/sdk";
import type { ChainFacts } from "../chain/read-facts.ts";
import type { TaskRecord } from "../journal/records.ts";
import type { Situation } from "./next-step.ts";
import type { Openings } from "./openings.ts";

/** What a situation is made of. */
export interface SituationParts {
  record: TaskRecord;
  facts: ChainFacts;
  identity: Hex;
  runner: Address;
  /** Where this runner is paid now; a promise may name another payee. */
  payee: Address;
  now: number;
  isCloseConfirmed: boolean;
  verdict: Situation["verdict"];
  hasCapacity: boolean;
  isNextInLine: boolean;
  canPay: boolean;
  nextBlockAt: number;
  /** How far the upload of the output has come, where it has begun. */
  upload: "none" | "first-try" | "begun";
  runSeconds: number;
  marginSeconds: number;
  claimsMismatches: boolean;
}

/** A situation with the opening of the commitment that stands in the slot, where it is known. */
export interface KnownSituation {
  situation: Situation;
  opening?: Opening;
}

/** Puts together what is known about a task, and finds out whether the commitment on the chain is one that this runner can open. */
export function describeSituation(parts: SituationParts, openings: Openings): KnownSituation {
  const { record, facts, now, isCloseConfirmed, verdict, hasCapacity, isNextInLine, canPay, nextBlockAt } = parts;
  const { runSeconds, marginSeconds, claimsMismatches } = parts;
  const opening = findOpening(parts, openings);
  const outputHash = opening?.outputHash ?? record.promised?.outputHash ?? record.output?.outputHash;
  const situation: Situation = {
    terms: record.task.terms,
    state: facts.state,
    now,
    slot: slotOf(parts),
    hasRevealed: facts.slot !== undefined && hasRevealed(facts.state, facts.slot.number),
    isCloseConfirmed,
    verdict,
    hasCapacity,
    isNextInLine,
    canPay,
    nextBlockAt,
    opening: opening ? "known" : outputHash === undefined ? "unknown" : "foreign",
    output: outputState(parts, outputHash),
    hasFailed: record.failure !== undefined,
    runSeconds,
    marginSeconds,
    claimsMismatches,
  };
  if (facts.decidedHash) situation.decidedHash = facts.decidedHash;
  if (outputHash) situation.outputHash = outputHash;
  return opening ? { situation, opening } : { situation };
}

function slotOf({ facts: { slot }, runner }: SituationParts): Situation["slot"] {
  if (!slot) return "none";
  if (slot.commitment) return "committed";
  return slot.reservedBy?.toLowerCase() === runner.toLowerCase() ? "reserved" : "foreign";
}

/** With a lost journal the decided hash is worth a try: where it opens the commitment, nothing has to be computed again. */
function findOpening({ record, facts, identity, runner, payee }: SituationParts, openings: Openings): Opening | undefined {
  const { commitment } = facts.slot ?? {};
  if (!commitment) return undefined;
  const outputHashes = [record.promised?.outputHash, record.output?.outputHash, facts.decidedHash];
  const payees = [record.promised?.payee, payee, runner];
  return openings.find(commitment, {
    taskId: record.task.taskId,
    identity,
    outputHashes: [...new Set(outputHashes.filter((hash) => hash !== undefined))],
    payees: [...new Set(payees.filter((address) => address !== undefined))],
  });
}

function outputState({ record, upload }: SituationParts, outputHash: Hex | undefined): Situation["output"] {
  if (!record.output || record.output.outputHash !== outputHash) return "absent";
  if (record.output.isPublished || upload === "begun") return "published";
  return upload === "first-try" ? "uploading" : "stored";
}
