import { type Address, getTask, type Hex, listTasks, ParityError, type Task } from "@parity-protocol/sdk";
import type { Reader } from "../network/connect.ts";

const SHORTEST_PREFIX = 4;

/** Where to look for a task. */
export interface TaskPlace {
  client: Reader;
  escrow: Address;
  fromBlock: bigint;
  signal: AbortSignal;
}

/** Says, in the help of every command about a task, how one may be named. */
export const taskArgument = "the task's id, the first characters of it, or latest";

/** More matches would only scroll the first ones away. */
const MOST_MATCHES_SHOWN = 8;

/**
 * Finds a task by its id, by the first characters of it, or by the word latest: the network's newest.
 * @throws TASK_ID_INVALID, TASK_ID_AMBIGUOUS, TASK_UNKNOWN
 */
export async function findTask(text: string, place: TaskPlace): Promise<Task> {
  const { client, ...where } = place;
  if (text === "latest") return newest(await listTasks(client, { ...where, newest: 1 }));
  const prefix = readPrefix(text);
  if (prefix.length === 66) return getTask(client, { ...where, taskId: prefix });
  const found = (await listTasks(client, where)).filter((task) => task.taskId.startsWith(prefix));
  const [only, ...others] = found;
  if (!only) throw new ParityError("TASK_UNKNOWN", `No task of this network begins with ${prefix}.`);
  if (others.length > 0) throw ambiguous(prefix, found);
  return only;
}

function newest(tasks: readonly Task[]): Task {
  const task = tasks.at(-1);
  if (task) return task;
  throw new ParityError("TASK_UNKNOWN", "This network has no tasks yet.", { hint: "Post one: `parity run job.json`." });
}

function ambiguous(prefix: Hex, found: readonly Task[]): ParityError {
  const taskIds = found.map((task) => task.taskId).toReversed();
  const shown = taskIds.slice(0, MOST_MATCHES_SHOWN);
  const more = taskIds.length - shown.length;
  const lines = [`${found.length} tasks begin with ${prefix}, the newest first:`, ...shown, ...(more > 0 ? [`and ${more} more`] : [])];
  return new ParityError("TASK_ID_AMBIGUOUS", lines.join("\n"), { details: { taskIds } });
}

/** Shortens an id or hash to what tells it apart for a person. */
export function shortHex(hex: string, digits = 8): string {
  return hex.length > digits + 3 ? `${hex.slice(0, digits + 2)}…` : hex;
}

function readPrefix(text: string): Hex {
  const digits = text.toLowerCase().replace(/^0x/, "").replace(/…$/, "");
  if (/^[0-9a-f]*$/.test(digits) && digits.length >= SHORTEST_PREFIX && digits.length <= 64) return `0x${digits}`;
  throw new ParityError(
    "TASK_ID_INVALID",
    `'${text.slice(0, 80)}' is not a task id, nor the first ${SHORTEST_PREFIX} or more characters of one, nor the word latest.`,
  );
}
