import { index, onchainTable, primaryKey } from "ponder";

/** What tasks are filtered and ordered by: what a task's phase depends on, besides the clock. */
export const task = onchainTable(
  "task",
  (t) => ({
    taskId: t.hex().primaryKey(),
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
    blockNumber: t.int8({ mode: "number" }).notNull(),
    logIndex: t.integer().notNull(),
  }),
  (table) => ({ place: index().on(table.blockNumber, table.logIndex) }),
);

/** What a task can be found by, in lower case: its id, job, output, submitter, gate, and its runners' identities and addresses. */
export const name = onchainTable(
  "name",
  // Text: a hexadecimal column makes an odd beginning even.
  (t) => ({ name: t.text().notNull(), taskId: t.hex().notNull() }),
  (table) => ({ pk: primaryKey({ columns: [table.name, table.taskId] }) }),
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
