import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { scanLogs } from "@parity-protocol/sdk";
import { createClient } from "viem";
import { getBlockNumber } from "viem/actions";
import { endpointOf, mostBytes } from "../../../runner/chain/endpoint.ts";
import { rotatingTransport, seatOf } from "../../../runner/chain/rotating-transport.ts";
import { type EscrowChain, startEscrowChain } from "../../support/escrow-chain.ts";

interface Call {
  id: number;
  method: string;
  params?: { fromBlock: string; toBlock: string }[];
}

describe("an endpoint that is asked for more events than it can tell at once", () => {
  const posts = 6;
  let chain: EscrowChain;
  let close: () => Promise<void>;

  before(async () => {
    chain = await startEscrowChain();
    for (let i = 0; i < posts; i++) await chain.post();
  });
  afterEach(() => close());

  /** Serves the chain, and lets something else happen to questions for more than two blocks. */
  async function serve(onDense: (answer: string, response: ServerResponse) => void): Promise<string> {
    const server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const calls = JSON.parse(Buffer.concat(chunks).toString()) as Call[];
        const told = calls.map(async ({ id, method, params }) => ({
          jsonrpc: "2.0",
          id,
          result: await chain.request({ method, params } as never),
        }));
        const answer = JSON.stringify(await Promise.all(told));
        if (calls.some(isDense)) onDense(answer, response);
        else response.setHeader("content-type", "application/json").end(answer);
      })();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    close = async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    };
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const isDense = ({ method, params: [filter] = [] }: Call) =>
    method === "eth_getLogs" && Number(filter?.toBlock) - Number(filter?.fromBlock) >= 2;

  async function countLogs(url: string): Promise<number> {
    const client = createClient({ transport: rotatingTransport([seatOf(endpointOf(url, 2_000))], () => undefined) });
    const toBlock = await getBlockNumber(client);
    let count = 0;
    for await (const { logs } of scanLogs(client, { address: chain.escrow, topics: [], fromBlock: 0n, toBlock })) count += logs.length;
    return count;
  }

  it("is asked for less where it does not answer in time", async () => {
    assert.equal(await countLogs(await serve(() => {})), posts);
  });

  it("is asked for less where its answer is larger than what is read at once, and is not read to the end", async () => {
    const padding = " ".repeat(mostBytes.ofRange);
    const url = await serve((answer, response) => response.setHeader("content-type", "application/json").end(answer + padding));
    assert.equal(await countLogs(url), posts);
  });
});
