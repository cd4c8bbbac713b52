import { chainErrorOf, pause, redactUrl } from "@parity-protocol/sdk";
import { createTransport, type EIP1193RequestFn, http, LimitExceededRpcError, type Transport } from "viem";

/** What went wrong with an endpoint: `limited` asked to slow down, `unreachable` did not answer. */
export type EndpointFault = "unreachable" | "limited";

/** Hears of each request that an endpoint failed; `label` never has its credentials. */
export type OnEndpointFault = (label: string, fault: EndpointFault) => void;

interface Seat {
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

/**
 * A transport over several endpoints: the first that is well answers. One that does not answer, or asks to slow down, rests for a
 * while, longer each time, and the next one is asked the same. An answer is never one of two: errors of the chain pass through.
 */
export function rotatingTransport(transports: readonly { label: string; transport: Transport }[], onFault: OnEndpointFault): Transport {
  return (setup) => {
    const seats = transports.map(({ label, transport }): Seat => {
      const { request } = transport({ ...setup, retryCount: 0 });
      return { label, request: request as EIP1193RequestFn, faultsInARow: 0, restsUntil: 0, isLimited: false };
    });
    const request = ((args: never) => askInTurn(seats, args, onFault)) as EIP1193RequestFn;
    return createTransport({ key: "rotating", name: "Rotating", type: "rotating", request, retryCount: 0 }, { url: seats[0]?.label });
  };
}

/** Makes the transport of one URL. Requests of the same moment travel together. */
export function endpointOf(url: string): { label: string; transport: Transport } {
  return { label: redactUrl(url), transport: http(url, { batch: { wait: 0, batchSize: 100 }, retryCount: 0, timeout: 10_000 }) };
}

async function askInTurn(seats: readonly Seat[], args: never, onFault: OnEndpointFault): Promise<unknown> {
  let failure: unknown;
  for (const seat of inTurn(seats)) {
    await untilWelcome(seat);
    try {
      const answer = await seat.request(args);
      seat.faultsInARow = 0;
      return answer;
    } catch (error) {
      const fault = faultOf(error);
      if (!fault) throw error;
      rest(seat, fault);
      onFault(seat.label, fault);
      failure = error;
    }
  }
  throw failure;
}

/** Those that are well in their order, then the others, the one that has rested most first. */
function inTurn(seats: readonly Seat[]): Seat[] {
  const now = performance.now();
  const isWell = ({ restsUntil }: Seat) => restsUntil <= now;
  return [...seats.filter(isWell), ...seats.filter((seat) => !isWell(seat)).sort((a, b) => a.restsUntil - b.restsUntil)];
}

async function untilWelcome({ isLimited, restsUntil }: Seat): Promise<void> {
  const waitMs = Math.min(longestWaitMs, restsUntil - performance.now());
  if (isLimited && waitMs > 0) await pause(waitMs);
}

function rest(seat: Seat, fault: EndpointFault): void {
  seat.faultsInARow += 1;
  seat.isLimited = fault === "limited";
  seat.restsUntil = performance.now() + Math.min(longestRestMs, firstRestMs * 2 ** Math.min(10, seat.faultsInARow - 1));
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
