import { chainErrorOf, ParityError, pause } from "@parity-protocol/sdk";
import { createTransport, type EIP1193RequestFn, LimitExceededRpcError, type Transport } from "viem";
import { isPlausible, type RpcQuestion } from "./plausible-answer.ts";

/**
 * What went wrong with an endpoint: `limited` asked to slow down, `unreachable` did not answer, `nonsense` answered what cannot be,
 * `outvoted` said what the others do not.
 */
export type EndpointFault = "unreachable" | "limited" | "nonsense" | "outvoted";

/** Hears of each request that an endpoint failed; `label` never has its credentials. */
export type OnEndpointFault = (label: string, fault: EndpointFault) => void;

/** An endpoint as it is asked: in turn, with rests after faults. */
export interface Seat {
  label: string;
  request: EIP1193RequestFn;
  faultsInARow: number;
  /** By the monotonic clock: it is left alone until then while another one can be asked. */
  restsUntil: number;
  isLimited: boolean;
}

const firstRestMs = 500;
const longestRestMs = 60_000;
/** An endpoint that asked to slow down is not asked at once again, even where there is no other. */
const longestWaitMs = 5_000;

/** Gives an endpoint its seat. */
export function seatOf({ label, transport }: { label: string; transport: Transport }): Seat {
  const { request } = transport({ retryCount: 0 });
  return { label, request: request as EIP1193RequestFn, faultsInARow: 0, restsUntil: 0, isLimited: false };
}

/**
 * A transport over several endpoints: the first that is well answers. One that does not answer, asks to slow down or answers nonsense
 * rests for a while, longer each time, and the next one is asked the same. An answer is never one of two: errors of the chain pass
 * through. Transactions are told to all: one endpoint alone could keep them to itself.
 */
export function rotatingTransport(seats: readonly Seat[], onFault: OnEndpointFault): Transport {
  const request = (async (question: RpcQuestion) => {
    const { answer, seat: asked } = await askInTurn(seats, question, onFault);
    // To the others it is known already, or it is what the one that answered kept to itself.
    const others = question.method === "eth_sendRawTransaction" ? seats.filter((seat) => seat !== asked) : [];
    for (const seat of others) seat.request(question as never).catch(() => undefined);
    return answer;
  }) as EIP1193RequestFn;
  return () => createTransport({ key: "rotating", name: "Rotating", type: "rotating", request, retryCount: 0 }, { url: seats[0]?.label });
}

/** Leaves an endpoint alone for a while. */
export function rest(seat: Seat, fault: EndpointFault): void {
  seat.faultsInARow += 1;
  seat.isLimited = fault === "limited";
  const restMs = fault === "outvoted" ? longestRestMs : firstRestMs * 2 ** Math.min(10, seat.faultsInARow - 1);
  seat.restsUntil = performance.now() + Math.min(longestRestMs, restMs);
}

async function askInTurn(
  seats: readonly Seat[],
  question: RpcQuestion,
  onFault: OnEndpointFault,
): Promise<{ answer: unknown; seat: Seat }> {
  let failure: unknown;
  for (const seat of inTurn(seats)) {
    await untilWelcome(seat);
    try {
      const answer: unknown = await seat.request(question as never);
      if (isPlausible(question, answer)) {
        seat.faultsInARow = 0;
        return { answer, seat };
      }
      failure = new ParityError("RPC_FAILED", `${seat.label} answered ${question.method} with something that is no answer to it.`);
      fail(seat, "nonsense", onFault);
    } catch (error) {
      const fault = faultOf(error);
      if (!fault) throw error;
      failure = error;
      fail(seat, fault, onFault);
    }
  }
  throw failure;
}

function fail(seat: Seat, fault: EndpointFault, onFault: OnEndpointFault): void {
  rest(seat, fault);
  onFault(seat.label, fault);
}

/** Those that are well in their order, then the others, the one that has rested most first. */
export function inTurn(seats: readonly Seat[]): Seat[] {
  const now = performance.now();
  const isWell = ({ restsUntil }: Seat) => restsUntil <= now;
  return [...seats.filter(isWell), ...seats.filter((seat) => !isWell(seat)).sort((a, b) => a.restsUntil - b.restsUntil)];
}

async function untilWelcome({ isLimited, restsUntil }: Seat): Promise<void> {
  const waitMs = Math.min(longestWaitMs, restsUntil - performance.now());
  if (isLimited && waitMs > 0) await pause(waitMs);
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
