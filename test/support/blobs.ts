import { mkdtempSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Blobbed, type ErrorCode, isParityError, type ParityError } from "@parity-protocol/sdk";
import { blobFromBytes } from "@parity-protocol/sdk/node";

/** What a test opened, closed in reverse after it. */
export class Cleanup {
  readonly #steps: (() => unknown)[] = [];

  later(step: () => unknown): void {
    this.#steps.push(step);
  }

  async run(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) await step();
  }

  directory(): string {
    const path = mkdtempSync(join(tmpdir(), "parity-store-"));
    this.later(() => rmSync(path, { recursive: true, force: true }));
    return path;
  }

  /** Serves whatever `listener` answers, right or wrong. */
  async serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.later(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}

/** Bytes that no two seeds share, the same in every run. */
export function bytesOf(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  for (let i = 0; i < length; i++) {
    state ^= (state << 13) >>> 0;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    bytes[i] = state & 0xff;
  }
  return bytes;
}

export function blobOf(length: number, seed = 1): Blobbed {
  return blobFromBytes(bytesOf(length, seed));
}

/** For assert.rejects: the error is a ParityError with this code. */
export function withCode(code: ErrorCode, check: (error: ParityError) => unknown = () => true): (error: unknown) => boolean {
  return (error) => {
    if (!isParityError(error, code)) throw error;
    return check(error) !== false;
  };
}

/** Every file under a directory, by its relative path. */
export async function filesUnder(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(directory, join(entry.parentPath, entry.name)));
}

export async function readAll(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A stream that gives `chunks` and then fails with `error`, or ends. */
export function streamThat(chunks: readonly Uint8Array[], error?: unknown): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = left.shift();
      if (chunk) controller.enqueue(chunk);
      else if (error !== undefined) controller.error(error);
      else controller.close();
    },
  });
}
