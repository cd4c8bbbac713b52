import { db } from "ponder:api";
import { name, tally, task } from "ponder:schema";
import { and, asc, count, desc, eq, gt, gte, lt, lte, max, min, sql } from "ponder";
import type { Ending } from "../phase.ts";
import type { Filter, Query } from "./query.ts";

/** A search looks at so many tasks: a gate or a submitter may have all that there are, and a few digits may be the beginning of any. */
const mostNamed = 20_000;

/** A condition in a query; undefined: any row. */
type Condition = ReturnType<typeof sql> | undefined;

/** One sheet of what was found. */
interface Found {
  /** On all sheets. */
  total: number;
  /** Whether not all tasks that are like that were looked at. */
  isMore: boolean;
  /** The tasks' numbers, the newest first. */
  numbers: readonly number[];
}

/** Finds one sheet of tasks. */
export async function find(query: Query): Promise<Found> {
  if (query.prefix === undefined) return { total: 0, isMore: false, numbers: [] };
  return query.prefix === "0x" ? findAll(query) : findNamed(query, query.prefix);
}

/** Goes to a sheet from the nearer end, so that the last one costs what the first does. */
async function findAll({ filter, at, ...place }: Query): Promise<Found> {
  const total = await countShown(filter, at);
  const { skipped, shown } = spanOf(place, total);
  // Numbers have no gaps: any sheet of all tasks is one look into an index.
  if (filter === "all") return { total, isMore: false, numbers: Array.from({ length: shown }, (_, i) => total - skipped - i) };
  const behind = total - skipped - shown;
  const isNear = skipped <= behind;
  const rows = await db
    .select({ number: task.number })
    .from(task)
    .where(isShown(filter, at))
    .orderBy(isNear ? desc(task.number) : asc(task.number))
    .limit(shown)
    .offset(isNear ? skipped : behind);
  const numbers = rows.map(({ number }) => number);
  return { total, isMore: false, numbers: isNear ? numbers : numbers.reverse() };
}

async function findNamed({ filter, at, ...place }: Query, prefix: string): Promise<Found> {
  const named = await look(prefix);
  if (!named) return { total: 0, isMore: false, numbers: [] };
  const [looked] = await db.select({ rows: count() }).from(named);
  // A scalar subquery is one look into the index on numbers for each. A join goes through all tasks, and without statistics many times.
  const isLike = filter === "all" ? undefined : sql`(select ${isShown(filter, at)} from ${task} where ${task.number} = ${named.number})`;
  const hits = await db.selectDistinct({ number: named.number }).from(named).where(isLike).orderBy(desc(named.number));
  const { skipped, shown } = spanOf(place, hits.length);
  const numbers = hits.slice(skipped, skipped + shown).map(({ number }) => number);
  return { total: hits.length, isMore: looked?.rows === mostNamed, numbers };
}

/** The numbers of what has a name that begins so, the newest first of one name alone; undefined where nothing has. */
async function look(prefix: string) {
  // Every hexadecimal digit sorts before g.
  const range = and(gte(name.name, prefix), lt(name.name, `${prefix}g`));
  const [ends] = await db
    .select({ first: min(name.name), last: max(name.name) })
    .from(name)
    .where(range);
  if (!ends?.first) return undefined;
  const isOne = ends.first === ends.last;
  return db
    .select({ number: name.number })
    .from(name)
    .where(isOne ? eq(name.name, ends.first) : range)
    .orderBy(desc(name.name), desc(name.number))
    .limit(mostNamed)
    .as("named");
}

/** Where a sheet begins, and how many stand on it; the last one for what is beyond it. */
function spanOf({ sheet, tasks }: Pick<Query, "sheet" | "tasks">, total: number): { skipped: number; shown: number } {
  const last = Math.max(1, Math.ceil(total / tasks));
  const skipped = (Math.min(sheet, last) - 1) * tasks;
  return { skipped, shown: Math.min(tasks, total - skipped) };
}

/** Counts from the tallies; only tasks that are live now, of which there are never many, are looked at. */
async function countShown(filter: Filter, at: number): Promise<number> {
  if (filter === "live") return countTasks(gt(task.endsAt, at));
  const [row] = await db.select({ tasks: tally.tasks }).from(tally).where(eq(tally.kind, filter));
  const all = row?.tasks ?? 0;
  if (filter === "all" || filter === "no-gate") return all;
  return all - (await countTasks(and(eq(task.ending, filter satisfies Ending), gt(task.endsAt, at))));
}

async function countTasks(where: Condition): Promise<number> {
  const [row] = await db.select({ total: count() }).from(task).where(where);
  return row?.total ?? 0;
}

/** The condition for the tasks that a filter shows at a time, unix seconds. */
function isShown(filter: Filter, at: number): Condition {
  switch (filter) {
    case "all":
      return undefined;
    case "live":
      return gt(task.endsAt, at);
    case "no-gate":
      return eq(task.isOpenToAnyone, true);
    default:
      return and(eq(task.ending, filter), lte(task.endsAt, at));
  }
}
