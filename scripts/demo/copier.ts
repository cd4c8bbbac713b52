// A dishonest runner: does no work. It waits until another runner commits and commits to the very same bytes, then tries to open them
// with what the other reveals.
import {
  type Address,
  commitResult,
  getGateProof,
  getTaskEvents,
  type Hex,
  httpStore,
  isParityError,
  revealResult,
  type Task,
  type TaskEvent,
  watchTasks,
} from "@parity-protocol/sdk";
import { createClient, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const { RUNNER_RPC_URL = "", RUNNER_ESCROW = "", RUNNER_PRIVATE_KEY = "", RUNNER_STORE_URLS = "" } = process.env;
const escrow = RUNNER_ESCROW as Address;
const account = privateKeyToAccount(RUNNER_PRIVATE_KEY as Hex);
const client = createClient({ account, transport: http(RUNNER_RPC_URL), pollingInterval: 100 });
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());

type EventNamed<Name extends TaskEvent["name"]> = Extract<TaskEvent, { name: Name }>;

async function copy(task: Task): Promise<void> {
  const admission = await getGateProof(client, { gate: task.terms.gate, runner: account.address, sources: [httpStore(RUNNER_STORE_URLS)] });
  if (!admission) return;
  const { identity, proof } = admission;
  const { args: victim } = await waitFor(task, "ResultCommitted");
  await commitResult(client, { escrow, task: task.key, identity, commitment: victim.commitment, proof });
  const { args: opened } = await waitFor(task, "ResultRevealed", victim.identity);
  const { outputHash, salt } = opened;
  try {
    await revealResult(client, { escrow, taskId: task.taskId, opening: { identity, payee: account.address, outputHash, salt } });
    console.log("Copy opened");
  } catch (error) {
    console.log(`Copy refused: ${isParityError(error) ? error.code : String(error)}`);
  }
}

/** Waits for an event of a task; with `identity`, for that runner's. */
async function waitFor<Name extends "ResultCommitted" | "ResultRevealed">(
  task: Task,
  name: Name,
  identity?: Hex,
): Promise<EventNamed<Name>> {
  while (true) {
    stop.signal.throwIfAborted();
    const events = await getTaskEvents(client, { escrow, taskId: task.taskId, fromBlock: task.blockNumber });
    const found = events.find((event): event is EventNamed<Name> => event.name === name && (!identity || event.args.identity === identity));
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

console.log("Runner started");
await watchTasks(client, { escrow, fromBlock: 0n, signal: stop.signal, pollMs: 100, onTask: copy }).catch((error: unknown) => {
  if (!stop.signal.aborted) throw error;
});
