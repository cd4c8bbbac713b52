import { task } from "ponder:schema";
import { and, eq, gt, gte, lt, lte, not, or, sql } from "ponder";

export const filters = ["all", "live", "accepted", "void", "dead", "no-gate"] as const;

/** A condition in a query; undefined: any row. */
export type Condition = ReturnType<typeof sql> | undefined;

export type Filter = (typeof filters)[number];

/** The condition for the tasks that a filter shows: phaseOf of the SDK, in SQL (docs/protocol.md, "Phases"). @param at unix seconds */
export function isShown(filter: Filter, at: number): Condition {
  const isClosed = lte(task.closesAt, at);
  const hasQuorum = gte(task.committed, task.quorum);
  const isOver = or(eq(task.revealed, task.committed), lte(sql`${task.closesAt} + ${task.revealSeconds}`, at));
  switch (filter) {
    case "all":
      return undefined;
    case "live":
      return or(gt(task.closesAt, at), and(hasQuorum, not(isOver as NonNullable<Condition>)));
    case "accepted":
      return and(isClosed, hasQuorum, isOver, eq(task.isDecided, true));
    case "void":
      return and(isClosed, hasQuorum, isOver, eq(task.isDecided, false));
    case "dead":
      return and(isClosed, lt(task.committed, task.quorum));
    case "no-gate":
      return eq(task.isOpenToAnyone, true);
  }
}
