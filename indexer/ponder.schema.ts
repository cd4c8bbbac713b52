import { index, onchainTable, primaryKey } from "ponder";
import type { Ending } from "./src/phase.ts";

/** What tasks are filtered and ordered by: what a task's phase depends on, besides the clock. */
export const task = onchainTable(
  "task",
  (t) => ({
    taskId: t.hex().primaryKey(),
    /** Counted from 1 in the order in which tasks were posted, without gaps: sheets go by it. */
    number: t.integer().notNull(),
    isOpenToAnyone: t.boolean().notNull(),
    slots: t.integer().notNull(),
    quorum: t.integer().notNull(),
    committed: t.integer().notNull(),
    revealed: t.integer().notNull(),
    isDecided: t.boolean().notNull(),
    /** Unix seconds: the commit deadline, pulled forward to the moment when the last slot committed. */
    closesAt: t.int8({ mode: "number" }).notNull(),
    /** From the close to the end of the reveal window. */
    revealSeconds: t.integer().notNull(),
    /** The phase in which it ends unless something more happens to it. */
    ending: t.text().$type<Ending>().notNull(),
    /** Unix seconds: from when on it is in that phase. */
    endsAt: t.int8({ mode: "number" }).notNull(),
  }),
  (table) => ({
    byNumber: index().on(table.number),
    byEnding: index().on(table.ending, table.number, table.endsAt),
    byEnd: index().on(table.endsAt),
    byGate: index().on(table.isOpenToAnyone, table.number),
  }),
);

/** How many tasks there are of a kind, kept up to date so that nothing needs to be counted when it is shown: all, those open to anyone, and those of each ending. */
export const tally = onchainTable("tally", (t) => ({ kind: t.text().primaryKey(), tasks: t.integer().notNull() }));

/** What a task can be found by, in lower case: its id, job, output, submitter, gate, and its runners' identities and addresses. */
export const name = onchainTable(
  "name",
  (t) => ({
    // Text: a hexadecimal column makes an odd beginning even.
    name: t.text().notNull(),
    number: t.integer().notNull(),
    /** The event that said so: with it no two rows are the same, so that none has to be looked for before another is added. */
    blockNumber: t.int8({ mode: "number" }).notNull(),
    logIndex: t.integer().notNull(),
  }),
  // The newest task of a name stands at the end of its part of the index.
  (table) => ({ pk: primaryKey({ columns: [table.name, table.number, table.blockNumber, table.logIndex] }) }),
);

/** The escrow's logs as the chain gave them: the explorer reads them by itself. */
export const log = onchainTable(
  "log",
  (t) => ({
    blockNumber: t.int8({ mode: "number" }).notNull(),
    logIndex: t.integer().notNull(),
    taskId: t.hex().notNull(),
    address: t.hex().notNull(),
    topics: t.text().notNull(),
    data: t.hex().notNull(),
    transactionHash: t.hex().notNull(),
    blockTimestamp: t.int8({ mode: "number" }).notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.blockNumber, table.logIndex] }), ofTask: index().on(table.taskId) }),
);
