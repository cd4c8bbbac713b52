import {
  type BlobSource,
  fetchResult,
  getStderrNote,
  type Hex,
  isParityError,
  type OutputManifest,
  readChunks,
} from "@parity-protocol/sdk";
import type { SlotReport } from "../tasks/task-report.ts";

/** Text that a run printed; only its end where it is long. */
export interface LogText {
  text: string;
  /** How many bytes were left out at the beginning. */
  omittedBytes: number;
}

/** What a runner revealed and published: it hashes to what stands on the chain. */
export interface VerifiedRun {
  manifest: OutputManifest;
  stdout: LogText;
}

/** What can be known of one runner's run. */
export interface RunLog {
  slot: SlotReport;
  /** Absent where the runner revealed nothing, or where nobody published what it revealed. */
  run?: VerifiedRun;
  /** What the runner says that the job printed on stderr; nothing can verify it. */
  stderr?: LogText;
}

/** Where to look, and how much to take. */
export interface LogRequest {
  taskId: Hex;
  slots: readonly SlotReport[];
  sources: readonly BlobSource[];
  storeUrls: readonly string[];
  /** Bytes of each text, at its end. */
  maxBytes: number;
  signal: AbortSignal;
}

/** Reads what each runner's run printed: stdout as far as it is published, verified; stderr as the runner noted it. @throws STORE_UNREACHABLE, BLOB_CORRUPT */
export async function readLogs(request: LogRequest): Promise<RunLog[]> {
  const runs = new Map<Hex, Promise<VerifiedRun | undefined>>();
  const runOf = (outputHash: Hex) => {
    const known = runs.get(outputHash) ?? readRun(request, outputHash);
    runs.set(outputHash, known);
    return known;
  };
  return Promise.all(
    request.slots.map(async (slot) => {
      const [run, stderr] = await Promise.all([slot.opening ? runOf(slot.opening.outputHash) : undefined, readStderr(request, slot)]);
      return { slot, ...(run ? { run } : {}), ...(stderr ? { stderr } : {}) };
    }),
  );
}

async function readRun({ sources, signal, maxBytes }: LogRequest, outputHash: Hex): Promise<VerifiedRun | undefined> {
  try {
    const { manifest, openStdout } = await fetchResult({ outputHash, sources, signal });
    return { manifest, stdout: await tailOf(await openStdout(), maxBytes) };
  } catch (error) {
    if (isParityError(error, "BLOB_NOT_FOUND")) return undefined; // only what was accepted has to be published
    throw error;
  }
}

async function readStderr({ taskId, storeUrls, signal, maxBytes }: LogRequest, { identity }: SlotReport): Promise<LogText | undefined> {
  for (const url of storeUrls) {
    const bytes = await getStderrNote(url, { taskId, identity }, { signal });
    if (bytes) return textOf(bytes.subarray(-maxBytes), Math.max(0, bytes.length - maxBytes));
  }
  return undefined;
}

/** Reads a stream to its end, which verifies it, and keeps the last bytes. */
async function tailOf(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<LogText> {
  let tail = Buffer.alloc(0);
  let total = 0;
  for await (const chunk of readChunks(stream)) {
    total += chunk.length;
    tail = Buffer.concat([tail, chunk]).subarray(-maxBytes);
  }
  return textOf(tail, total - tail.length);
}

function textOf(bytes: Uint8Array, omittedBytes: number): LogText {
  return { text: new TextDecoder().decode(bytes), omittedBytes };
}
