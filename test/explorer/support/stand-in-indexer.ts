import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Address } from "@parity-protocol/sdk";
import { type Hex, type RpcLog, toEventSelector } from "viem";
import type { Stage } from "./stage.ts";

/** An indexer's answer, which a test may change before it is sent. */
export interface IndexerAnswer {
  chainId: number;
  escrow: Address;
  block: number;
  total: number;
  isMore: boolean;
  tasks: RpcLog[][];
}

/** Answers as the indexer of the folder `indexer` does, with all tasks of a stage; what is asked for is only noted. */
export interface StandInIndexer {
  url: string;
  /** The queries that it got. */
  queries: URLSearchParams[];
  /** Changes what is answered, to be wrong in a way that the real one is not. */
  distort: (answer: IndexerAnswer) => unknown;
  close(): void;
}

/** The events whose third indexed argument is the task. */
const strikes: readonly Hex[] = [
  toEventSelector("StrikeRecorded(address,bytes32,bytes32,uint8)"),
  toEventSelector("StrikesCleared(address,bytes32,bytes32)"),
];

/** Starts it. It reads the chain anew for each question. */
export async function openStandInIndexer(stage: Stage): Promise<StandInIndexer> {
  const server = http.createServer((request, response) => {
    indexer.queries.push(new URL(request.url ?? "/", "http://indexer").searchParams);
    void answerOf(stage).then((answer) => {
      response.writeHead(200, { "content-type": "application/json", "access-control-allow-origin": "*" });
      response.end(JSON.stringify(indexer.distort(answer)));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const indexer: StandInIndexer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    queries: [],
    distort: (answer) => answer,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return indexer;
}

async function answerOf({ local, chain }: Stage): Promise<IndexerAnswer> {
  const { chainId, escrow } = local.network;
  const filter = { address: escrow, fromBlock: "0x0", toBlock: "latest" };
  const [logs, head] = (await Promise.all([chain("eth_getLogs", filter), chain("eth_blockNumber")])) as [RpcLog[], Hex];
  const taskIdOf = ({ topics }: RpcLog) => topics[strikes.includes(topics[0] as Hex) ? 3 : 1] as Hex;
  const times = new Map<Hex, Hex>();
  for (const { blockNumber } of logs) {
    if (!blockNumber || times.has(blockNumber)) continue;
    const { timestamp } = (await chain("eth_getBlockByNumber", blockNumber, false)) as { timestamp: Hex };
    times.set(blockNumber, timestamp);
  }
  const timed = logs.map((log) => ({ ...log, blockTimestamp: times.get(log.blockNumber as Hex) }));
  const tasks = [...Map.groupBy(timed, taskIdOf).values()].reverse() as RpcLog[][];
  return { chainId, escrow, block: Number(head), total: tasks.length, isMore: false, tasks };
}
