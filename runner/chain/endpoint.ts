import { redactUrl } from "@parity-protocol/sdk";
import { createTransport, type EIP1193RequestFn, http, type Transport } from "viem";

/**
 * The most bytes of an answer about a range of blocks: what a burst after quiet times brings is refused, and read in parts. A block
 * alone must come whole, or nobody could read on: this is more than 100 million gas can put into one.
 */
export const mostBytes = { ofRange: 2 * 1024 ** 2, ofAnswer: 32 * 1024 ** 2 };

/** Makes the transport of one URL. Requests of the same moment travel together, and an answer has a bound, in time as well. */
export function endpointOf(url: string, timeout = 10_000): { label: string; transport: Transport } {
  const bounded = (maxResponseBodySize: number) =>
    http(url, { batch: { wait: 0, batchSize: 100 }, retryCount: 0, timeout, maxResponseBodySize });
  return { label: redactUrl(url), transport: byRange(bounded(mostBytes.ofRange), bounded(mostBytes.ofAnswer)) };
}

/** Asks for the events of several blocks in one way, for everything else in the other. */
function byRange(forRanges: Transport, forAll: Transport): Transport {
  return (setup) => {
    const [ranges, all] = [forRanges(setup), forAll(setup)];
    const request = ((args: Question) => (isRange(args) ? ranges : all).config.request(args as never)) as EIP1193RequestFn;
    return createTransport({ ...all.config, request }, all.value);
  };
}

interface Question {
  method: string;
  params?: unknown;
}

function isRange({ method, params }: Question): boolean {
  if (method !== "eth_getLogs" || !Array.isArray(params)) return false;
  const { fromBlock, toBlock } = params[0] as { fromBlock?: unknown; toBlock?: unknown };
  return fromBlock !== toBlock;
}
