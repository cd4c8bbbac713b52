import { custom, type EIP1193RequestFn, HttpRequestError, type Transport } from "viem";

type Answer = (method: string, params: unknown) => unknown;

/** An RPC that is not there: what viem says when nothing listens. */
export const connectionRefused = () => new HttpRequestError({ url: "http://user:secret@rpc.example/key", details: "connection refused" });

/** What an RPC answers with an error of its own: an object in the shape of JSON-RPC. */
export function rpcRefusal(message: string, code = -32602): Error {
  return Object.assign(new Error(message), { code });
}

/**
 * A real RPC with faults: `answer` sees each request first. It throws to fail it, returns undefined to let it through, or returns
 * another answer.
 */
export function faultyTransport(request: EIP1193RequestFn, answer: Answer): Transport {
  const faulty = async ({ method, params }: { method: string; params?: unknown }) =>
    (await answer(method, params)) ?? request({ method, params } as never);
  return custom({ request: faulty as EIP1193RequestFn }, { retryCount: 0 });
}
