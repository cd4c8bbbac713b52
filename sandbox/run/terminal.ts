import { ParityError } from "@parity-protocol/sdk";
import { callEngine } from "../engine/call.ts";
import type { Engine } from "../engine/connect.ts";
import { ByteReader } from "../tar/byte-reader.ts";
import type { BlobDraft } from "./blob-folder.ts";

/** What a job says while it runs. */
export interface Terminal {
  /** Resolves when the job has closed both streams; with `too-large` as soon as stdout exceeds its limit. */
  ended: Promise<"ended" | "too-large">;
  /** The end of stderr. */
  stderr(): Uint8Array;
  /** Ends the connection. To be called before the job is killed: an unread stream blocks the engine's kill. */
  hangUp(): void;
}

const maxStderrBytes = 1024 * 1024;
const stdoutFrame = 1;
const frameHeaderBytes = 8;

/**
 * Attaches to a container that is not started yet, so that no byte is missed; stdout goes to `stdout`, bounded. Never sends anything.
 * Without a container, nothing is said.
 */
export async function attachTerminal(
  engine: Engine,
  container: string | undefined,
  stdout: { draft: BlobDraft; maxBytes: number },
): Promise<Terminal> {
  if (container === undefined) return { ended: Promise.resolve("ended"), stderr: () => Buffer.alloc(0), hangUp: () => {} };
  const options = { stream: true, stdout: true, stderr: true, hijack: false };
  const stream = await callEngine("attach", () => engine.docker.getContainer(container).attach(options));
  const connection = stream as typeof stream & Connection;
  const tail = new Tail(maxStderrBytes);
  let isHungUp = false;
  const ended = readFrames(chunksOf(connection), { ...stdout, tail }).catch((error: unknown) => {
    if (isHungUp) return "ended" as const;
    throw error;
  });
  ended.catch(() => {}); // whoever awaits it gets the error; nobody may be waiting yet
  const hangUp = () => {
    isHungUp = true;
    connection.destroy();
  };
  return { ended, stderr: () => tail.bytes(), hangUp };
}

type Connection = AsyncIterable<Uint8Array> & { destroy(): void };

async function* chunksOf(connection: Connection): AsyncGenerator<Uint8Array> {
  try {
    yield* connection;
  } catch (cause) {
    throw new ParityError("ENGINE_FAILED", "The engine broke the connection to a job's output.", { cause });
  }
}

/** The engine frames the two streams: kind, three zeros, length (big-endian), content. */
async function readFrames(
  connection: AsyncIterable<Uint8Array>,
  sink: { draft: BlobDraft; maxBytes: number; tail: Tail },
): Promise<"ended" | "too-large"> {
  const cut = () => new ParityError("ENGINE_FAILED", "The engine's stream of a job's output ended inside a frame.");
  const reader = new ByteReader(connection, cut);
  while (!(await reader.isAtEnd())) {
    const header = await reader.exactly(frameHeaderBytes);
    const isStdout = header[0] === stdoutFrame;
    for (let missing = header.readUInt32BE(4); missing > 0; ) {
      const chunk = await reader.some(missing);
      missing -= chunk.length;
      if (!isStdout) sink.tail.push(chunk);
      else if (sink.draft.bytes + chunk.length > sink.maxBytes) return "too-large";
      else await sink.draft.write(chunk);
    }
  }
  return "ended";
}

/** Keeps the last bytes of a stream. */
class Tail {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(Buffer.from(chunk)); // a copy: the chunk is a view of a larger buffer
    this.#bytes += chunk.length;
    if (this.#bytes > 2 * this.#maxBytes) this.#cut();
  }

  bytes(): Uint8Array {
    this.#cut();
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  #cut(): void {
    const kept = Buffer.from(Buffer.concat(this.#chunks).subarray(-this.#maxBytes));
    this.#chunks = [kept];
    this.#bytes = kept.length;
  }
}
