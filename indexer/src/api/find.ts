import { db } from "ponder:api";
import { name, tally, task } from "ponder:schema";
import { and, asc, count, desc, eq, gt, gte, inArray, lt, lte, max, min, type sql } from "ponder";
import type { Ending } from "../phase.ts";
import type { Filter, Query } from "./query.ts";

/** What a search finds is counted so far: a gate or a submitter may have all tasks there are. */
export const mostFound = 10_000;

/** A condition in a query; undefined: any row. */
type Condition = ReturnType<typeof sql> | undefined;

/** One sheet of what was found. */
interface Found {
  /** On all sheets; `mostFound` where there `isMore`. */
  total: number;
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
  const named = await isNamed(prefix);
  if (!named) return { total: 0, isMore: false, numbers: [] };
  const tasks = db.select({ number: task.number }).from(task).where(isShown(filter, at));
  const where = filter === "all" ? named : and(named, inArray(name.number, tasks));
  const hits = () => db.selectDistinct({ number: name.number }).from(name).where(where).$dynamic();
  const some = hits()
    .limit(mostFound + 1)
    .as("some");
  const [counted] = await db.select({ total: count() }).from(some);
  const total = Math.min(counted?.total ?? 0, mostFound);
  const { skipped, shown } = spanOf(place, total);
  const rows = await hits().orderBy(desc(name.number)).limit(shown).offset(skipped);
  return { total, isMore: (counted?.total ?? 0) > mostFound, numbers: rows.map(({ number }) => number) };
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

/** The condition for a beginning; undefined where nothing begins so. One name alone is looked up as such: its tasks are in order already. */
async function isNamed(prefix: string): Promise<Condition> {
  // Every hexadecimal digit sorts before g.
  const range = and(gte(name.name, prefix), lt(name.name, `${prefix}g`));
  const [ends] = await db
    .select({ first: min(name.name), last: max(name.name) })
    .from(name)
    .where(range);
  if (!ends?.first) return undefined;
  return ends.first === ends.last ? eq(name.name, ends.first) : range;
}
