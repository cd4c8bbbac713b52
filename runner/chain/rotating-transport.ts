import { chainErrorOf, ParityError, pause } from "@parity-protocol/sdk";
import { createTransport, type EIP1193RequestFn, LimitExceededRpcError, type Transport } from "viem";
import { isPlausible, type RpcQuestion } from "./plausible-answer.ts";
import { retryAfterMs } from "./retry-after.ts";

/**
 * What went wrong with an endpoint: `limited` asked to slow down, `resting` was not asked because of that, `unreachable` did not
 * answer, `nonsense` answered what cannot be, `outvoted` said what the others do not.
 */
export type EndpointFault = "unreachable" | "limited" | "resting" | "nonsense" | "outvoted";

/** Hears of each request that an endpoint failed; `label` never has its credentials. */
export type OnEndpointFault = (label: string, fault: EndpointFault) => void;

/** An endpoint as it is asked: in turn, with rests after faults. */
export interface Seat {
  label: string;
  request: EIP1193RequestFn;
  faultsInARow: number;
  /** By the monotonic clock, as are the others. */
  restsSince: number;
  /** It is left alone until then while another one can be asked. */
  restsUntil: number;
  /** It asked to slow down, and is asked nothing until then, even where there is no other. */
  closedUntil: number;
}

/** How an endpoint is asked. */
export interface Manner {
  /** Whether one that asked to slow down is waited for where no other answers. */
  isPatient: boolean;
}

const firstRestMs = 500;
const longestRestMs = 60_000;
/** How long a question waits for an endpoint that asked to slow down; where it asked for more time, the question fails. */
const longestWaitMs = 5_000;
/** A timer can be so much early. */
const timerSlackMs = 2;
/** An endpoint that asks to slow down after so many rests in a row is one that does not answer. */
const mostRestsWaitedFor = 3;

/** Gives an endpoint its seat. */
export function seatOf({ label, transport }: { label: string; transport: Transport }): Seat {
  const { request } = transport({ retryCount: 0 });
  return { label, request: request as EIP1193RequestFn, faultsInARow: 0, restsSince: -1, restsUntil: 0, closedUntil: 0 };
}

/**
 * A transport over several endpoints: the first that is well answers. One that does not answer, asks to slow down or answers nonsense
 * rests for a while, longer each time, or as long as it asked for, and the next one is asked the same. An answer is never one of two:
 * errors of the chain pass through. Transactions are told to all, resting or not: one endpoint alone could keep them to itself.
 */
export function rotatingTransport(seats: readonly Seat[], onFault: OnEndpointFault, manner: Manner = { isPatient: true }): Transport {
  const request = (async (question: RpcQuestion) => {
    const { answer, seat: asked } = await askInTurn({ seats, onFault, manner }, question);
    // To the others it is known already, or it is what the one that answered kept to itself.
    const others = question.method === "eth_sendRawTransaction" ? seats.filter((seat) => seat !== asked) : [];
    for (const seat of others) seat.request(question as never).catch(() => undefined);
    return answer;
  }) as EIP1193RequestFn;
  return () => createTransport({ key: "rotating", name: "Rotating", type: "rotating", request, retryCount: 0 }, { url: seats[0]?.label });
}

/** Leaves an endpoint alone for a while. @param askedForMs how long it asked to be left alone */
export function rest(seat: Seat, fault: EndpointFault, askedForMs = 0): void {
  const now = performance.now();
  seat.faultsInARow += 1;
  const backOffMs = firstRestMs * 2 ** Math.min(10, seat.faultsInARow - 1);
  const restMs = fault === "outvoted" ? longestRestMs : Math.max(backOffMs, askedForMs);
  const closedMs = fault === "limited" ? Math.max(Math.min(longestWaitMs, backOffMs), askedForMs) : 0;
  seat.restsSince = now;
  seat.restsUntil = now + Math.min(longestRestMs, restMs);
  seat.closedUntil = closedMs === 0 ? 0 : now + Math.min(longestRestMs, closedMs);
}

/**
 * Waits until an endpoint that asked to slow down may be asked again. No, at once, where nothing is to be hoped from that: it did not ask
 * so, asks for long, or goes on asking after its rests.
 */
export async function hasRested(seat: Seat): Promise<boolean> {
  const waitMs = seat.closedUntil - performance.now();
  if (seat.closedUntil === 0 || waitMs > longestWaitMs || seat.faultsInARow > mostRestsWaitedFor) return false;
  if (waitMs > 0) await pause(waitMs + timerSlackMs);
  return seat.closedUntil <= performance.now();
}

interface Round {
  seats: readonly Seat[];
  onFault: OnEndpointFault;
  manner: Manner;
}

async function askInTurn(round: Round, question: RpcQuestion): Promise<{ answer: unknown; seat: Seat }> {
  let failure: unknown;
  for (const seat of inTurn(round.seats)) {
    try {
      return { answer: await askSeat(round, seat, question), seat };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failure = error.cause;
    }
  }
  throw failure;
}

/** That an endpoint is not well; the cause is what its caller would hear. */
class Failure extends Error {}

/** @throws Failure, and what is an answer: the errors of the chain */
async function askSeat({ manner, onFault }: Round, seat: Seat, question: RpcQuestion): Promise<unknown> {
  await untilWelcome(seat, manner, onFault);
  const askedAt = performance.now();
  const fail = (fault: EndpointFault, cause: unknown) => {
    // What was asked before it began to rest fails together: that is one fault.
    if (askedAt > seat.restsSince) rest(seat, fault, fault === "limited" ? retryAfterMs(cause) : 0);
    onFault(seat.label, fault);
    return new Failure(fault, { cause });
  };
  const answer: unknown = await seat.request(question as never).catch((error: unknown) => {
    const fault = faultOf(error);
    throw fault ? fail(fault, error) : error;
  });
  if (!isPlausible(question, answer))
    throw fail(
      "nonsense",
      new ParityError("RPC_FAILED", `${seat.label} answered ${question.method} with something that is no answer to it.`),
    );
  if (askedAt > seat.restsSince) [seat.faultsInARow, seat.closedUntil] = [0, 0];
  return answer;
}

/** Those that are well in their order, then the others, the one that has rested most first. */
export function inTurn(seats: readonly Seat[]): Seat[] {
  const now = performance.now();
  const isWell = ({ restsUntil }: Seat) => restsUntil <= now;
  return [...seats.filter(isWell), ...seats.filter((seat) => !isWell(seat)).sort((a, b) => a.restsUntil - b.restsUntil)];
}

/** @throws Failure where the endpoint asked to slow down, and that is not waited for, or it asked so again meanwhile */
async function untilWelcome(seat: Seat, { isPatient }: Manner, onFault: OnEndpointFault): Promise<void> {
  const msUntilOpen = () => seat.closedUntil - performance.now();
  if (isPatient && msUntilOpen() > 0 && msUntilOpen() <= longestWaitMs) await pause(msUntilOpen() + timerSlackMs);
  if (msUntilOpen() <= 0) return;
  onFault(seat.label, "resting");
  const seconds = Math.ceil(msUntilOpen() / 1_000);
  const cause = new ParityError("RPC_UNREACHABLE", `${seat.label} asked to slow down, and is asked again in ${seconds} s.`);
  throw new Failure("resting", { cause });
}

/** What says something about the endpoint, and nothing about the request; undefined for an answer. */
function faultOf(error: unknown): EndpointFault | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (asksToSlowDown(at)) return "limited";
  return chainErrorOf(error, { transport: { key: "endpoint" } } as never).code === "RPC_UNREACHABLE" ? "unreachable" : undefined;
}

/** 429 over HTTP, -32005 over JSON-RPC. */
function asksToSlowDown(error: Error): boolean {
  return (
    error instanceof LimitExceededRpcError || ("status" in error && error.status === 429) || ("code" in error && error.code === -32_005)
  );
}
