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

/**
 * Finds a task by its id, or by the first characters of it.
 * @throws TASK_ID_INVALID, TASK_UNKNOWN
 */
export async function findTask(text: string, place: TaskPlace): Promise<Task> {
  const { client, ...where } = place;
  const prefix = readPrefix(text);
  if (prefix.length === 66) return getTask(client, { ...where, taskId: prefix });
  const found = (await listTasks(client, where)).filter((task) => task.taskId.startsWith(prefix));
  const [only, ...others] = found;
  if (!only) throw new ParityError("TASK_ID_INVALID", `No task of this network begins with ${prefix}.`);
  if (others.length > 0)
    throw new ParityError("TASK_ID_INVALID", `${found.length} tasks begin with ${prefix}.`, { hint: "Write more of its id." });
  return only;
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
    `'${text.slice(0, 80)}' is not a task id, nor the first ${SHORTEST_PREFIX} or more characters of one.`,
  );
}
