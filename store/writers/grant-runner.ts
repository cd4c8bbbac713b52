import {
  type Address,
  addressOfIdentity,
  decodeJobSpec,
  type Hex,
  isBlobName,
  isParityError,
  jobBounds,
  ParityError,
  parseLocation,
  readBlob,
  type Task,
} from "@parity-protocol/sdk";
import { createNodeSha256 } from "@parity-protocol/sdk/node";
import type { FolderStore } from "../folder-store.ts";
import type { AnnouncedOutputs } from "./announced-outputs.ts";
import type { WantedWrite, WriteGrant } from "./grant.ts";
import type { SignedWriting } from "./signed-writing.ts";

/** A write by somebody who says that it is a runner of a task. */
export interface RunnerWrite {
  writer: Address;
  taskId: Hex;
  identity: Hex;
  sha256: string;
  bytes: number;
  target: WantedWrite["target"];
}

type Deps = SignedWriting & { folder: FolderStore; announced: AnnouncedOutputs };

/** A note's small room is bounded by itself. */
const NOTE_CHARGE = 4096;

/**
 * Lets a runner write the output that it owes: the task's location names this store, the task is decided, the runner revealed what it
 * was decided for, and the blob is that manifest or is named by it, within the task's output limit. The submitter who invited it is charged.
 * @throws STORE_REFUSED, STORE_WRITE_NOT_DUE, BLOB_TOO_LARGE, RPC_UNREACHABLE
 */
export async function grantRunner(deps: Deps, write: RunnerWrite): Promise<WriteGrant> {
  const { facts } = deps;
  const task = await facts.task(write.taskId);
  if (!task) throw new ParityError("STORE_WRITE_NOT_DUE", `The escrow ${facts.domain.escrow} has no task ${write.taskId}.`);
  requireNamed(task, deps.publicUrls);
  const decidedHash = await facts.decidedHash(write.taskId);
  // Before that an output would be there to be copied.
  if (!decidedHash) throw new ParityError("STORE_WRITE_NOT_DUE", `Task ${write.taskId} is not decided: nothing of an output is taken yet.`);
  const usedUntilMs = await requireDue(deps, task);
  await requireRunner(deps, { task, write, decidedHash });
  const charge = { address: task.submitter, bytes: write.bytes, isProven: true };
  if ("note" in write.target) return grantNote(write, { ...charge, bytes: NOTE_CHARGE });
  const isManifest = `0x${write.sha256}` === decidedHash;
  if (isManifest && write.bytes > jobBounds.manifestBytes)
    throw new ParityError("BLOB_TOO_LARGE", `A manifest has at most ${jobBounds.manifestBytes} bytes, not ${write.bytes}.`);
  const outputBytes = await outputLimitOf(deps.folder, task);
  if (!isManifest)
    await deps.announced.requireNamed({ manifest: decidedHash.slice(2), sha256: write.sha256, bytes: write.bytes, outputBytes });
  return { by: "runner", charge, usedUntilMs, isManifest };
}

function grantNote({ target, taskId, identity }: RunnerWrite, charge: NonNullable<WriteGrant["charge"]>): WriteGrant {
  if ("note" in target && target.note.taskId === taskId && target.note.identity === identity) return { by: "runner", charge };
  throw new ParityError("STORE_REFUSED", "A runner leaves a note of its own run only.");
}

function requireNamed({ taskId, location }: Task, publicUrls: readonly string[]): void {
  if (locationUrls(location).some((url) => publicUrls.includes(url))) return;
  throw new ParityError("STORE_REFUSED", `Task ${taskId} does not name this store in its location.`);
}

/** A location is a stranger's: one that cannot be read names nobody. */
export function locationUrls(location: string): string[] {
  try {
    return parseLocation(location);
  } catch {
    return [];
  }
}

/** Returns when the task's last phase ends at the latest, in milliseconds. */
async function requireDue({ facts, dueSeconds }: Deps, { taskId, terms }: Task): Promise<number> {
  const closesAt = terms.commitDeadline + terms.revealDelaySeconds + terms.revealWindowSeconds;
  const { latest } = await facts.time();
  if (latest > closesAt + dueSeconds)
    throw new ParityError(
      "STORE_REFUSED",
      `The output of task ${taskId} was due until ${closesAt + dueSeconds}; the chain's time is ${latest}.`,
    );
  return closesAt * 1000;
}

async function requireRunner(
  { facts }: Deps,
  { task, write, decidedHash }: { task: Task; write: RunnerWrite; decidedHash: Hex },
): Promise<void> {
  const { identity, writer } = write;
  const reveal = await facts.reveal(task, identity);
  if (!reveal) throw new ParityError("STORE_WRITE_NOT_DUE", `Identity ${identity} has revealed nothing in task ${task.taskId}.`);
  if (reveal.outputHash !== decidedHash)
    throw new ParityError("STORE_REFUSED", `Identity ${identity} revealed another output than the accepted one.`);
  const acts = [addressOfIdentity(identity), reveal.payee].some((address) => address?.toLowerCase() === writer.toLowerCase());
  if (!acts && !(await facts.actedFor(task, identity, writer)))
    throw new ParityError("STORE_REFUSED", `${writer} is not the runner behind identity ${identity} of task ${task.taskId}.`);
}

/** The limit stands in the job spec, which this store has where the task is its own. */
async function outputLimitOf(folder: FolderStore, { taskId, terms }: Task): Promise<number> {
  const sha256 = terms.jobHash.slice(2);
  try {
    if (!isBlobName(sha256)) throw new ParityError("BLOB_NAME_INVALID", `${sha256} is not the name of a blob.`);
    const bytes = await readBlob([folder], { sha256, maxBytes: jobBounds.specBytes, createHash: createNodeSha256 });
    return decodeJobSpec(bytes).limits.outputBytes;
  } catch (cause) {
    if (!isParityError(cause)) throw cause;
    throw new ParityError(
      "STORE_REFUSED",
      `This store does not have the job spec of task ${taskId}, which says how large its output may be.`,
      {
        cause,
      },
    );
  }
}
