import { db } from "ponder:api";
import { log, name, task } from "ponder:schema";
import { Hono } from "hono";
import { and, asc, count, desc, gte, inArray, lt, sql } from "ponder";
import { toHex } from "viem";
import { loadIndexerConfig } from "../../config.ts";
import { type Condition, type Filter, filters, isShown } from "../phase.ts";

const { chainId, escrow } = loadIndexerConfig();
const mostTasks = 100;

const app = new Hono();

/** One sheet of tasks, the newest first, each with its logs. */
app.get("/tasks", async (c) => {
  const query = readQuery((key) => c.req.query(key) ?? "");
  if (!query) return c.json({ error: "show, search, at, sheet or tasks is not what it must be" }, 400);
  return c.json(await list(query));
});

export default app;

interface Query {
  filter: Filter;
  prefix: string | undefined;
  at: number;
  sheet: number;
  tasks: number;
}

function readQuery(read: (key: string) => string): Query | undefined {
  const number = (key: string, most: number) => (/^\d{1,12}$/.test(read(key)) ? Math.min(Number(read(key)), most) : Number.NaN);
  const filter = filters.find((each) => each === read("show"));
  const [at, sheet, tasks] = [number("at", 2 ** 40), number("sheet", 1e6), number("tasks", mostTasks)];
  if (!filter || !(at >= 0) || !(sheet >= 1) || !(tasks >= 1)) return undefined;
  const digits = read("search").toLowerCase().replace(/^0x/, "");
  return { filter, at, sheet, tasks, prefix: /^[0-9a-f]{0,64}$/.test(digits) ? `0x${digits}` : undefined };
}

async function list({ filter, prefix, at, sheet, tasks }: Query) {
  const where = and(isShown(filter, at), prefix === undefined ? undefined : isNamed(prefix));
  const [counted] = prefix === undefined ? [] : await db.select({ total: count() }).from(task).where(where);
  const total = counted?.total ?? 0;
  const last = Math.max(1, Math.ceil(total / tasks));
  const found = await db
    .select({ taskId: task.taskId })
    .from(task)
    .where(where)
    .orderBy(desc(task.blockNumber), desc(task.logIndex))
    .limit(total === 0 ? 0 : tasks)
    .offset((Math.min(sheet, last) - 1) * tasks);
  return { chainId, escrow, block: await indexedBlock(), total, tasks: await logsOf(found.map(({ taskId }) => taskId)) };
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

/** Every hexadecimal digit sorts before g. */
function isNamed(prefix: string): Condition {
  if (prefix === "0x") return undefined;
  const ids = db
    .select({ taskId: name.taskId })
    .from(name)
    .where(and(gte(name.name, prefix), lt(name.name, `${prefix}g`)));
  return inArray(task.taskId, ids);
}
