import { db } from "ponder:api";
import { log, task } from "ponder:schema";
import { Hono } from "hono";
import { asc, desc, inArray, sql } from "ponder";
import { toHex } from "viem";
import { loadIndexerConfig } from "../../config.ts";
import { find } from "./find.ts";
import { type Query, readQuery } from "./query.ts";

const { chainId, escrow } = loadIndexerConfig();

const app = new Hono();

/** One sheet of tasks, the newest first, each with its logs. */
app.get("/tasks", async (c) => {
  const query = readQuery((key) => c.req.query(key) ?? "");
  if (!query) return c.json({ error: "show, search, at, sheet or tasks is not what it must be" }, 400);
  return c.json(await list(query));
});

export default app;

async function list(query: Query) {
  const { total, isMore, numbers } = await find(query);
  const found = await db
    .select({ taskId: task.taskId })
    .from(task)
    .where(inArray(task.number, [...numbers]))
    .orderBy(desc(task.number));
  const tasks = await logsOf(found.map(({ taskId }) => taskId));
  return { chainId, escrow, block: await indexedBlock(), total, isMore, tasks };
}

/** The logs of some tasks, in the tasks' order and each task's in the chain's, as eth_getLogs gives them. */
async function logsOf(taskIds: readonly `0x${string}`[]) {
  const rows = await db
    .select()
    .from(log)
    .where(inArray(log.taskId, [...taskIds]))
    .orderBy(asc(log.blockNumber), asc(log.logIndex));
  const byTask = Map.groupBy(rows, ({ taskId }) => taskId);
  return taskIds.map((taskId) =>
    (byTask.get(taskId) ?? []).map(({ address, topics, data, blockNumber, blockTimestamp, transactionHash, logIndex }) => {
      const place = { blockNumber: toHex(blockNumber), blockTimestamp: toHex(blockTimestamp), logIndex: toHex(logIndex) };
      return { address, topics: topics.split(" "), data, transactionHash, ...place };
    }),
  );
}

/** The block up to which Ponder has indexed: it keeps the block's time, chain and number as decimal digits, 10, 16 and 16 of them. */
async function indexedBlock(): Promise<number> {
  const { rows } = await db.execute<{ latest: string }>(sql`select latest_checkpoint as latest from _ponder_checkpoint`);
  return Number(rows[0]?.latest.slice(26, 42) ?? 0);
}
