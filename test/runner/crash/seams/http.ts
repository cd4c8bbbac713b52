import { taskEscrowAbi } from "@parity-protocol/sdk/contracts";
import { decodeFunctionData, type Hex, keccak256, parseTransaction } from "viem";
import { cross } from "../boundary.ts";

interface Call {
  id: number;
  method: string;
  params: [Hex, ...unknown[]];
}

const rpcUrl = process.env.RUNNER_RPC_URL ?? "";
const names = new Map<Hex, string>();
const settled = new Set<Hex>();
const realFetch = globalThis.fetch;

globalThis.fetch = async (input, init) => {
  const url = input instanceof Request ? input.url : String(input);
  if (url.startsWith(rpcUrl)) return viaRpc(input, init);
  const method = init?.method ?? "GET";
  if (method === "GET" || method === "HEAD") return realFetch(input, init);
  const label = `store ${method} ${new URL(url).pathname.replace(/(0x)?[0-9a-f]{40,}/g, "*")}`;
  cross(`before ${label}`);
  const answer = await realFetch(input, init);
  cross(`after ${label}`);
  return answer;
};

async function viaRpc(input: string | URL | Request, init: RequestInit | undefined): Promise<Response> {
  const calls = [JSON.parse(init?.body as string)].flat() as Call[];
  const sent = calls.filter(({ method }) => method === "eth_sendRawTransaction").map(({ params }) => nameOf(params[0]));
  for (const name of sent) cross(`before transaction ${name} sent`);
  const answer = await realFetch(input, init);
  for (const name of sent) cross(`after transaction ${name} sent`);
  if (calls.some(({ method }) => method === "eth_getTransactionReceipt")) noteMined(calls, await answer.clone().json());
  return answer;
}

function noteMined(calls: readonly Call[], body: unknown): void {
  for (const { id, result } of [body].flat() as { id: number; result?: unknown }[]) {
    const call = calls.find((other) => other.id === id && other.method === "eth_getTransactionReceipt");
    if (!call || !result || settled.has(call.params[0])) continue;
    settled.add(call.params[0]);
    cross(`transaction ${names.get(call.params[0]) ?? "of another run"} mined`);
  }
}

function nameOf(raw: Hex): string {
  const { data = "0x" } = parseTransaction(raw as `0x02${string}`);
  const { functionName } = decodeFunctionData({ abi: taskEscrowAbi, data });
  names.set(keccak256(raw), functionName);
  return functionName;
}
