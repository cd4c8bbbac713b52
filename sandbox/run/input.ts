import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { type InputFile, ParityError } from "@parity-protocol/sdk";
import { callEngine, callTimeoutMs } from "../engine/call.ts";
import type { Engine } from "../engine/connect.ts";
import { holderMounts, inputVolumeLayout } from "../engine/holder-image.ts";
import { type TarItem, writeTar } from "../tar/write-tar.ts";
import type { JobRequest } from "./job-request.ts";

const inputFolder = inputVolumeLayout.input;
/** Slowest that an input may reach the engine. */
const bytesPerMs = 1_000;

/**
 * Streams a job's input into its volume: folders 0555, files 0444, owner 0:0, time 0. Every file's size and hash are checked on the way,
 * so that a corrupt one stops the run before anything is started.
 * @throws BLOB_CORRUPT, whatever `openInput` throws, ENGINE_FAILED
 */
export async function fillInput(
  engine: Engine,
  request: JobRequest,
  target: { holder: string; signal?: AbortSignal | undefined },
): Promise<void> {
  if (request.spec.input.length === 0) return; // the folder is there
  let failure: unknown;
  const items = inputItems(request, (error) => {
    failure = error;
  });
  const tar = Readable.from(writeTar(items), { objectMode: false });
  const bytes = request.spec.input.reduce((sum, file) => sum + file.bytes, 0);
  const container = engine.docker.getContainer(target.holder);
  try {
    await callEngine("fill input", (abortSignal) => container.putArchive(tar, { path: holderMounts.input, abortSignal }), {
      timeoutMs: callTimeoutMs + bytes / bytesPerMs,
      signal: target.signal,
    });
  } catch (error) {
    throw failure ?? error; // the engine only sees that the stream broke; the reason is ours
  } finally {
    tar.destroy();
  }
}

async function* inputItems(request: JobRequest, onFailure: (error: unknown) => void): AsyncGenerator<TarItem> {
  yield { name: inputFolder, type: "directory", mode: 0o555, bytes: 0 };
  for (const folder of foldersOf(request.spec.input)) yield { name: `${inputFolder}/${folder}`, type: "directory", mode: 0o555, bytes: 0 };
  for (const file of request.spec.input) {
    const content = verified(file, request, onFailure);
    yield { name: `${inputFolder}/${file.path}`, type: "file", mode: 0o444, bytes: file.bytes, content };
  }
}

/** Lists every folder that the files lie in, parents first. */
function foldersOf(files: readonly InputFile[]): string[] {
  const folders = new Set<string>();
  for (const { path } of files) for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) folders.add(path.slice(0, at));
  return [...folders].sort();
}

async function* verified(file: InputFile, request: JobRequest, onFailure: (error: unknown) => void): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of await request.openInput(file)) {
      bytes += chunk.length;
      if (bytes > file.bytes) break;
      hash.update(chunk);
      yield chunk;
    }
    if (bytes !== file.bytes || hash.digest("hex") !== file.sha256)
      throw new ParityError(
        "BLOB_CORRUPT",
        `The input ${file.path} is not the ${file.bytes} bytes with the sha256 ${file.sha256} that the job names.`,
      );
  } catch (error) {
    onFailure(error);
    throw error;
  }
}
