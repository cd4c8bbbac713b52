import { type Context, type Event, ponder } from "ponder:registry";
import { log, name, tally, task } from "ponder:schema";
import type { Hex } from "viem";
import { endingOf, type PhaseFacts } from "./phase.ts";

type Db = Context["db"];

const zeroAddress = "0x0000000000000000000000000000000000000000";

ponder.on("TaskEscrow:TaskPosted", async ({ event, context: { db } }) => {
  const { taskId, submitter, jobHash, terms } = event.args;
  const number = await count(db, "all", 1);
  const isOpenToAnyone = terms.gate === zeroAddress;
  const facts = {
    quorum: terms.quorum,
    committed: 0,
    revealed: 0,
    isDecided: false,
    closesAt: terms.commitDeadline,
    revealSeconds: terms.revealDelay + terms.revealWindow,
  };
  const end = endingOf(facts);
  await db.insert(task).values({ taskId, number, isOpenToAnyone, slots: terms.slots, ...facts, ...end });
  await count(db, end.ending, 1);
  if (isOpenToAnyone) await count(db, "no-gate", 1);
  await keepNames(db, { number, event }, [taskId, submitter, jobHash, terms.gate]);
  await keepLog(db, taskId, event);
});

ponder.on("TaskEscrow:SlotReserved", async ({ event, context: { db } }) => {
  const { taskId, identity, runner } = event.args;
  await keepNames(db, { number: (await find(db, taskId)).number, event }, [identity, runner]);
  await keepLog(db, taskId, event);
});

ponder.on("TaskEscrow:ResultCommitted", async ({ event, context: { db } }) => {
  const { taskId, identity } = event.args;
  const number = await change(db, taskId, ({ committed, slots, closesAt }) => ({
    committed: committed + 1,
    closesAt: committed + 1 === slots ? Number(event.block.timestamp) : closesAt,
  }));
  await keepNames(db, { number, event }, [identity, ...addressIn(identity)]);
  await keepLog(db, taskId, event);
});

ponder.on("TaskEscrow:ResultRevealed", async ({ event, context: { db } }) => {
  const { taskId } = event.args;
  await change(db, taskId, ({ revealed }) => ({ revealed: revealed + 1 }));
  await keepLog(db, taskId, event);
});

ponder.on("TaskEscrow:TaskDecided", async ({ event, context: { db } }) => {
  const { taskId, outputHash } = event.args;
  const number = await change(db, taskId, () => ({ isDecided: true }));
  await keepNames(db, { number, event }, [outputHash]);
  await keepLog(db, taskId, event);
});

// What changes no phase is kept for the page alone. StepSkipped is not: anyone may cause any number of them.
for (const event of ["PayoutClaimed", "BountyReclaimed", "StrikeRecorded", "StrikesCleared"] as const)
  ponder.on(`TaskEscrow:${event}`, ({ event, context: { db } }) => keepLog(db, event.args.taskId, event));

type TaskRow = typeof task.$inferSelect;

async function find(db: Db, taskId: Hex): Promise<TaskRow> {
  const row = await db.find(task, { taskId });
  if (!row) throw new Error(`${taskId} was never posted: is INDEXER_FROM_BLOCK after the escrow's deployment?`);
  return row;
}

/** Changes what a task's phase depends on. Returns its number. */
async function change(db: Db, taskId: Hex, changed: (row: TaskRow) => Partial<PhaseFacts>): Promise<number> {
  // A copy: an update changes the row that was found, too.
  const before = { ...(await find(db, taskId)) };
  const facts = changed(before);
  const end = endingOf({ ...before, ...facts });
  await db.update(task, { taskId }).set({ ...facts, ...end });
  if (end.ending !== before.ending) {
    await count(db, before.ending, -1);
    await count(db, end.ending, 1);
  }
  return before.number;
}

/** Counts a task of a kind, or one less. Returns how many there are now. */
async function count(db: Db, kind: string, change: 1 | -1): Promise<number> {
  const row = await db
    .insert(tally)
    .values({ kind, tasks: change })
    .onConflictDoUpdate(({ tasks }) => ({ tasks: tasks + change }));
  return row.tasks;
}

async function keepNames(db: Db, { number, event }: { number: number; event: Event }, names: readonly Hex[]): Promise<void> {
  const place = { number, blockNumber: Number(event.block.number), logIndex: event.log.logIndex };
  await db.insert(name).values([...new Set(names.map((one) => one.toLowerCase()))].map((one) => ({ name: one, ...place })));
}

async function keepLog(db: Db, taskId: Hex, { block, log: raw, transaction }: Event): Promise<void> {
  await db.insert(log).values({
    blockNumber: Number(block.number),
    logIndex: raw.logIndex,
    taskId,
    address: raw.address,
    topics: raw.topics.filter((topic) => topic !== null).join(" "), // always four, the unused ones null
    data: raw.data,
    transactionHash: transaction.hash,
    blockTimestamp: Number(block.timestamp),
  });
}

/** An identity without a gate is an address, left-padded: the runner's. */
function addressIn(identity: Hex): Hex[] {
  return /^0x0{24}[0-9a-f]{40}$/i.test(identity) ? [`0x${identity.slice(26)}`] : [];
}
