import { askEach, type Endpoint, type Endpoints } from "../chain/endpoints.ts";
import type { ChainFacts } from "../chain/read-facts.ts";
import type { Step } from "./next-step.ts";

/** What one endpoint's view of a task leads to. */
export interface Opinion {
  step: Step;
  facts: Pick<ChainFacts, "blockNumber">;
  /** What time it is by that endpoint, unix seconds. */
  now: number;
}

/** What asking the others came to. */
export interface Poll {
  isAgreed: boolean;
  agreeing: number;
  contradicting: number;
  /** Did not answer, or live in the past. */
  abstaining: number;
  /** What time it is by a quorum of one opinion, unix seconds. */
  agreedNow?: number;
  /** Those that this quorum contradicts. */
  outvoted: readonly Endpoint[];
}

type Named = Opinion & { endpoint: Endpoint };

/** An endpoint that is so many blocks behind does not contradict: it does not know yet. */
const staleBlocks = 5n;

/**
 * Says whether a step cannot be taken back, so that one endpoint's word is not enough: an answer told, which a reveal, a publication and
 * a claim all do, or a task given up.
 */
export function needsSecondOpinion({ kind }: Step): boolean {
  return kind === "reveal" || kind === "publish" || kind === "claim" || kind === "done";
}

/**
 * Asks every endpoint what it would have the runner do, and counts. Endpoints that do not answer abstain, and lower the quorum:
 * a silent endpoint must not cost a reveal; a contradicting one makes the runner wait unless a quorum outvotes it. One that has only now
 * asked to slow down is waited for where fewer than a quorum speak without it.
 */
export async function askAround(
  { each, quorum }: Pick<Endpoints, "each" | "quorum">,
  own: Opinion,
  opinionOf: (endpoint: Endpoint) => Promise<Opinion>,
): Promise<Poll> {
  const freshOf = (told: readonly Named[]) => told.filter(({ facts }) => facts.blockNumber + staleBlocks > newestBlock(own, told, quorum));
  const told = await askEach(
    each,
    async (endpoint): Promise<Named> => ({ ...(await opinionOf(endpoint)), endpoint }),
    (opinions) => freshOf(opinions).length >= quorum,
  );
  const fresh = freshOf(told);
  const agreed = fresh.find(({ step }) => fresh.filter((other) => isSame(other.step, step)).length >= quorum);
  const agreeing = fresh.filter(({ step }) => isSame(step, own.step)).length;
  return {
    isAgreed: agreeing > 0 && agreeing >= Math.min(quorum, fresh.length),
    agreeing,
    contradicting: fresh.length - agreeing,
    abstaining: each.length - fresh.length,
    ...(agreed ? { agreedNow: agreed.now } : {}),
    // Also one that seems to be behind: it is of no use now.
    outvoted: agreed ? told.flatMap(({ step, endpoint }) => (isSame(step, agreed.step) ? [] : [endpoint])) : [],
  };
}

/** One endpoint alone cannot make all others look as if they were behind: what counts is what a quorum has reached. */
function newestBlock({ facts }: Opinion, told: readonly Opinion[], quorum: number): bigint {
  const numbers = told.map((opinion) => opinion.facts.blockNumber).filter((number) => number <= facts.blockNumber);
  if (told.length < 3 || numbers.length === 0) return facts.blockNumber;
  return numbers.sort((a, b) => (a < b ? 1 : -1))[Math.max(0, quorum - 1 - (told.length - numbers.length))] ?? facts.blockNumber;
}

/** Two endpoints may wait for different things, a block apart. */
function isSame(a: Step, b: Step): boolean {
  if (a.kind !== b.kind) return false;
  return a.kind !== "done" || b.kind !== "done" || a.why === b.why;
}
