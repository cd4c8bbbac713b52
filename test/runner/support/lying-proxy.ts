import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Hex, keccak256, numberToHex } from "viem";

/**
 * What an endpoint says that is not true. `nonsense`: what no endpoint can answer; `no-such-task`: every slot and task is empty, nothing
 * happened, and whatever is sent to it goes nowhere, though it shows a receipt; `tomorrow`: all is as it is, a day later.
 */
export type Lie = "nonsense" | "no-such-task" | "tomorrow";

/** A way to an RPC whose answers can be made false. */
export interface LyingProxy {
  url: string;
  /** Begins to lie, or ends it. */
  lie(lie: Lie | undefined): void;
  /** How many answers were false. */
  lies(): number;
  /** Asks to slow down at the next so many requests. */
  refuse(requests: number, refusal?: Refusal): void;
  close(): Promise<void>;
}

/** How an endpoint asks to slow down: with the status 429 and, where it says, `Retry-After`; or with an error of JSON-RPC. */
export type Refusal = { by: "status"; retryAfterSeconds?: number } | { by: "error" };

interface State {
  lie: Lie | undefined;
  lies: number;
  refusalsLeft: number;
  refusal: Refusal;
}

interface Call {
  id: number;
  method: string;
  params: readonly unknown[];
}
type Answer = { result?: unknown };
type Block = { number: Hex; timestamp: Hex };

/** A day and so many blocks: nothing that is open now is open then. */
const aheadSeconds = 86_400;
const aheadBlocks = 1_000;
const garbage = ["banana", {}, [{}], 17, null, { hash: "0x12", status: "0x7" }, ["0x"]];

/** Opens a way to the RPC of a URL, which tells the truth until it is told to lie. */
export async function openLyingProxy(target: string): Promise<LyingProxy> {
  const state: State = { lie: undefined, lies: 0, refusalsLeft: 0, refusal: { by: "status" } };
  const server = createServer((request, response) => {
    void answer(target, state, { request, response }).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lie: (lie) => {
      state.lie = lie;
    },
    lies: () => state.lies,
    refuse: (requests, refusal = { by: "status" }) => {
      [state.refusalsLeft, state.refusal] = [requests, refusal];
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function answer(
  target: string,
  state: State,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const asked = JSON.parse(Buffer.concat(chunks).toString()) as Call | Call[];
  if (state.refusalsLeft > 0) {
    state.refusalsLeft -= 1;
    return refuse(response, state.refusal, asked);
  }
  const { lie } = state;
  const told = await Promise.all([asked].flat().map((call) => (lie ? falsely(target, lie, call) : truly(target, call))));
  if (lie) state.lies += told.length;
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(Array.isArray(asked) ? told : told[0]));
}

function refuse(response: ServerResponse, refusal: Refusal, asked: Call | Call[]): void {
  if (refusal.by === "status") {
    const headers = refusal.retryAfterSeconds === undefined ? {} : { "retry-after": String(refusal.retryAfterSeconds) };
    return void response.writeHead(429, headers).end("too many requests");
  }
  const error = { code: -32_005, message: "limit exceeded" };
  const told = [asked].flat().map(({ id }) => ({ jsonrpc: "2.0", id, error }));
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(Array.isArray(asked) ? told : told[0]));
}

async function truly(target: string, call: Call): Promise<Answer> {
  const told = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(call) });
  return (await told.json()) as Answer;
}

async function falsely(target: string, lie: Lie, call: Call): Promise<Answer> {
  const said = (result: unknown) => ({ jsonrpc: "2.0", id: call.id, result });
  if (lie === "nonsense") return said(garbage[call.id % garbage.length]);
  if (lie === "no-such-task" && call.method === "eth_sendRawTransaction") return said(keccak256(call.params[0] as Hex));
  const truth = await truly(target, call);
  const { result } = truth;
  if (["latest", "pending"].includes(String(call.params[0])) && result) return said(later(result as Block));
  return lie === "tomorrow" ? truth : said(withoutTasks(call, result));
}

function later(block: Block): Block {
  const timestamp = numberToHex(Number(block.timestamp) + aheadSeconds);
  return { ...block, number: numberToHex(Number(block.number) + aheadBlocks), timestamp, hash: keccak256(timestamp) } as Block;
}

function withoutTasks({ method, params: [asked] }: Call, result: unknown): unknown {
  if (method === "eth_getLogs") return [];
  if (method === "eth_call") return `0x${"0".repeat(String(result).length - 2)}`;
  if (method === "eth_estimateGas") return "0x5208";
  if (method === "eth_getTransactionCount") return numberToHex(Number(result) + 500);
  if (method !== "eth_getTransactionReceipt") return result;
  const costs = { gasUsed: "0x5208", effectiveGasPrice: "0x1", status: "0x1", logs: [] };
  return { transactionHash: asked, blockNumber: numberToHex(aheadBlocks * 1_000), ...costs };
}
