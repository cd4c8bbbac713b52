import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A way to an RPC on which every call is counted. */
export interface CountingProxy {
  url: string;
  /** How many calls of each method came since the last reset; the look at the newest block counts as "poll". */
  counts: Map<string, number>;
  /** The bytes of the largest answer since the last reset. */
  largestAnswer(): number;
  reset(): void;
  /** Waits until events up to a block were asked for and the newest block was looked at afterwards: they are dealt with. */
  followedTo(block: bigint): Promise<void>;
  close(): Promise<void>;
}

interface Call {
  method: string;
  params?: unknown[];
}

/** Opens a way to the RPC of a URL. */
export async function openCountingProxy(target: string): Promise<CountingProxy> {
  const counter = new Counter();
  const server = createServer((request, response) => {
    void answer({ target, counter }, request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: counter.counts,
    largestAnswer: () => counter.largest,
    reset: () => counter.reset(),
    followedTo: (block) => counter.followedTo(block),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function answer(
  { target, counter }: { target: string; counter: Counter },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bytesOf(request);
  const parsed = JSON.parse(body.toString()) as Call | Call[];
  const calls = Array.isArray(parsed) ? parsed : [parsed];
  counter.noteCalls(calls);
  const told = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body });
  const bytes = Buffer.from(await told.arrayBuffer());
  response.writeHead(told.status, { "content-type": "application/json" }).end(bytes);
  counter.noteAnswer(calls, bytes.length);
}

class Counter {
  readonly counts = new Map<string, number>();
  largest = 0;
  #askedTo = -1n;
  #followed = -1n;
  #changed = Promise.withResolvers<void>();

  reset(): void {
    this.counts.clear();
    this.largest = 0;
  }

  noteCalls(calls: readonly Call[]): void {
    for (const call of calls) {
      const isPoll = call.method === "eth_getBlockByNumber" && call.params?.[0] === "latest";
      const name = isPoll ? "poll" : call.method;
      this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
      if (isPoll && this.#askedTo > this.#followed) this.#followTo(this.#askedTo);
    }
  }

  /** Only what was answered counts as asked: a look at the newest block can overtake it on its way. */
  noteAnswer(calls: readonly Call[], bytes: number): void {
    this.largest = Math.max(this.largest, bytes);
    for (const { method, params = [] } of calls)
      if (method === "eth_getLogs") this.#askedTo = BigInt((params[0] as { toBlock: string }).toBlock);
  }

  async followedTo(block: bigint): Promise<void> {
    while (this.#followed < block) await this.#changed.promise;
  }

  #followTo(block: bigint): void {
    this.#followed = block;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
