import type { Endpoints } from "../chain/endpoints.ts";
import type { ChainFacts } from "../chain/read-facts.ts";
import type { Step } from "./next-step.ts";

/** What one endpoint's view of a task leads to. */
export interface Opinion {
  step: Step;
  facts: Pick<ChainFacts, "blockNumber">;
}

/** What asking the others came to. */
export interface Poll {
  isAgreed: boolean;
  agreeing: number;
  contradicting: number;
  /** Did not answer, or live in the past. */
  abstaining: number;
}

/** An endpoint that is so many blocks behind does not contradict: it does not know yet. */
const staleBlocks = 5n;

/** Says whether a step cannot be taken back, so that one endpoint's word is not enough: an answer told, a task given up. */
export function needsSecondOpinion({ kind }: Step): boolean {
  return kind === "reveal" || kind === "done";
}

/**
 * Asks every endpoint what it would have the runner do, and counts. Endpoints that do not answer abstain, and lower the quorum:
 * a silent endpoint must not cost a reveal; a contradicting one makes the runner wait unless a quorum outvotes it.
 */
export async function askAround(
  { each, quorum }: Pick<Endpoints, "each" | "quorum">,
  own: Opinion,
  opinionOf: (endpoint: Endpoints["each"][number]) => Promise<Opinion>,
): Promise<Poll> {
  const opinions = await Promise.all(each.map((endpoint) => opinionOf(endpoint).catch(() => undefined)));
  const fresh = opinions.filter((opinion) => opinion !== undefined && opinion.facts.blockNumber + staleBlocks > own.facts.blockNumber);
  const agreeing = fresh.filter((opinion) => opinion && isSame(opinion.step, own.step)).length;
  const isAgreed = agreeing > 0 && agreeing >= Math.min(quorum, fresh.length);
  return { isAgreed, agreeing, contradicting: fresh.length - agreeing, abstaining: each.length - fresh.length };
}

function isSame(a: Step, b: Step): boolean {
  if (a.kind !== b.kind) return false;
  return a.kind !== "done" || b.kind !== "done" || a.why === b.why;
}
