import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What may happen to a request. `lost-answer`: it was done, but the caller never hears of it. */
const faults = ["drop", "delay", "rate-limit", "server-error", "truncate", "lost-answer", "stale"] as const;
type Fault = (typeof faults)[number];

/** A way to an HTTP server on which things go wrong. */
export interface FaultProxy {
  url: string;
  /** How often each fault happened. */
  counts: Readonly<Record<string, number>>;
  /** How many requests came, faulty or not. */
  requests(): number;
  /** The share of requests that something happens to, 0 to 1; 1 is an outage. */
  setRate(rate: number): void;
  close(): Promise<void>;
}

/** Opens a way to the server of a URL. @param random gives numbers from 0 to 1 */
export async function openFaultProxy(target: string, random: () => number): Promise<FaultProxy> {
  const counts: Record<string, number> = {};
  const remembered = new Map<string, Answer>();
  let [rate, requests] = [0, 0];
  const server = createServer((request, response) => {
    requests += 1;
    const fault = random() < rate ? (rate >= 1 ? "drop" : faults[Math.floor(random() * faults.length)]) : undefined;
    if (fault) counts[fault] = (counts[fault] ?? 0) + 1;
    void answer({ target, request, response, remembered }, fault).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    requests: () => requests,
    setRate: (share) => {
      rate = share;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

interface Exchange {
  target: string;
  request: IncomingMessage;
  response: ServerResponse;
  /** The first answer to each question that was asked before: what an endpoint that is behind says. */
  remembered: Map<string, Answer>;
}

async function answer(exchange: Exchange, fault: Fault | undefined): Promise<void> {
  const { request, response } = exchange;
  if (fault === "drop") return void response.destroy();
  if (fault === "rate-limit") return void response.writeHead(429, { "retry-after": "1" }).end("too many requests");
  if (fault === "server-error") return void response.writeHead(503).end("the upstream is gone");
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  if (fault === "delay") await new Promise((resolve) => setTimeout(resolve, 2_000));
  const told = await ask(exchange, body, fault);
  if (fault === "lost-answer") return void response.destroy();
  response.writeHead(told.status, { ...told.headers, "content-length": String(told.body.length) });
  if (fault !== "truncate" || told.body.length < 2) return void response.end(told.body);
  response.write(told.body.subarray(0, told.body.length / 2), () => response.destroy());
}

async function ask({ target, request, remembered }: Exchange, body: Buffer, fault: Fault | undefined): Promise<Answer> {
  const question = `${request.method} ${request.url} ${body.toString("latin1").replace(/"id":\d+/g, "")}`;
  const isQuestion = request.method === "POST" && !/eth_sendRawTransaction|getTransactionCount|estimateGas/.test(question);
  const former = remembered.get(question);
  // Only a single JSON-RPC call can be answered with what was said before: its id is put in place of the old one.
  const id = /^\{.*"id":(\d+)/.exec(body.toString("latin1"))?.[1];
  if (fault === "stale" && former && id !== undefined)
    return { ...former, body: Buffer.from(former.body.toString("latin1").replace(/"id":\d+/, `"id":${id}`), "latin1") };
  const told = await forward({ target, request }, body);
  if (isQuestion && id !== undefined && remembered.size < 10_000) remembered.set(question, told);
  return told;
}

async function forward({ target, request }: Pick<Exchange, "target" | "request">, body: Buffer): Promise<Answer> {
  const { host: _, connection: __, "content-length": ___, "transfer-encoding": ____, expect: _____, ...headers } = request.headers;
  const isBodiless = request.method === "GET" || request.method === "HEAD";
  const told = await fetch(new URL(request.url ?? "/", target), {
    method: request.method ?? "GET",
    headers: headers as Record<string, string>,
    ...(isBodiless ? {} : { body }),
  });
  const kept = [...told.headers].filter(
    ([name]) => !["content-length", "content-encoding", "transfer-encoding", "connection"].includes(name),
  );
  return { status: told.status, headers: Object.fromEntries(kept), body: Buffer.from(await told.arrayBuffer()) };
}
