import { type Context, type Event, ponder } from "ponder:registry";
import { log, name, task } from "ponder:schema";
import type { Hex } from "viem";

type Db = Context["db"];

const zeroAddress = "0x0000000000000000000000000000000000000000";

ponder.on("TaskEscrow:TaskPosted", async ({ event, context: { db } }) => {
  const { taskId, submitter, jobHash, terms } = event.args;
  await db.insert(task).values({
    taskId,
    isOpenToAnyone: terms.gate === zeroAddress,
    slots: terms.slots,
    quorum: terms.quorum,
    committed: 0,
    revealed: 0,
    isDecided: false,
    closesAt: terms.commitDeadline,
    revealSeconds: terms.revealDelay + terms.revealWindow,
    blockNumber: Number(event.block.number),
    logIndex: event.log.logIndex,
  });
  await keepNames(db, taskId, [taskId, submitter, jobHash, terms.gate]);
  await keepLog(db, taskId, event);
});

ponder.on("TaskEscrow:SlotReserved", async ({ event, context: { db } }) => {
  const { taskId, identity, runner } = event.args;
  await keepNames(db, taskId, [identity, runner]);
  await keepLog(db, taskId, event);
});

ponder.on("TaskEscrow:ResultCommitted", async ({ event, context: { db } }) => {
  const { taskId, identity } = event.args;
  await db.update(task, { taskId }).set(({ committed, slots, closesAt }) => ({
    committed: committed + 1,
    closesAt: committed + 1 === slots ? Number(event.block.timestamp) : closesAt,
  }));
  await keepNames(db, taskId, [identity, ...addressIn(identity)]);
  await keepLog(db, taskId, event);
});

ponder.on("TaskEscrow:ResultRevealed", async ({ event, context: { db } }) => {
  const { taskId } = event.args;
  await db.update(task, { taskId }).set(({ revealed }) => ({ revealed: revealed + 1 }));
  await keepLog(db, taskId, event);
});

ponder.on("TaskEscrow:TaskDecided", async ({ event, context: { db } }) => {
  const { taskId, outputHash } = event.args;
  await db.update(task, { taskId }).set({ isDecided: true });
  await keepNames(db, taskId, [outputHash]);
  await keepLog(db, taskId, event);
});

// What changes no phase is kept for the page alone. StepSkipped is not: anyone may cause any number of them.
for (const event of ["PayoutClaimed", "BountyReclaimed", "StrikeRecorded", "StrikesCleared"] as const)
  ponder.on(`TaskEscrow:${event}`, ({ event, context: { db } }) => keepLog(db, event.args.taskId, event));

async function keepNames(db: Db, taskId: Hex, names: readonly Hex[]): Promise<void> {
  const rows = [...new Set(names.map((one) => one.toLowerCase()))].map((one) => ({ name: one, taskId }));
  await db.insert(name).values(rows).onConflictDoNothing();
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
