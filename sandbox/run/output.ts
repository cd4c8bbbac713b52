import type { IncomingMessage } from "node:http";
import { jobBounds, type OutputFile, ParityError, pathProblem } from "@parity-protocol/sdk";
import { callEngine, callStream } from "../engine/call.ts";
import type { Engine } from "../engine/connect.ts";
import { holderMounts } from "../engine/holder-image.ts";
import { readTar, type TarEntry } from "../tar/read-tar.ts";
import type { BlobFolder } from "./blob-folder.ts";

/** Slowest that an engine may hand over an output: below it, the call has hung. */
const bytesPerMs = 1_000;

/** What lay in /output, or why it is no output. */
export type OutputReading = { files: OutputFile[] } | { breach: "output-too-large" | "output-refused"; reason: string };

/** Limits of what is left for the files, after stdout. */
export interface OutputBudget {
  bytes: number;
  files: number;
}

/**
 * Returns what the engine says about the folder /output itself: its size, which counts its entries, and the time of its last change. As long
 * as both are what they were before the start, nothing was put there, and asking for that is ten times faster than asking for an archive.
 */
export async function markOutput(engine: Engine, holder: string): Promise<string> {
  const container = engine.docker.getContainer(holder);
  const answer: IncomingMessage = await callEngine("look at output", (abortSignal) =>
    container.infoArchive({ path: holderMounts.output, abortSignal }),
  );
  answer.resume(); // there is no body, but the connection is free only once it was read
  return String(answer.headers["x-docker-container-path-stat"]);
}

/** Where files go, and what bounds them. */
export interface OutputSink {
  folder: BlobFolder;
  budget: OutputBudget;
  signal: AbortSignal | undefined;
}

/**
 * Reads /output from the holder, writing every file to the folder. The rules depend on the set of entries alone, never on their order: too
 * large wins over refused. A hard link is a file of its own; a folder is only part of a path; a socket has no content and no place in an
 * archive, so it is as if it were not there. Setuid bits, times and owners are not read.
 */
export async function readOutput(engine: Engine, holder: string, sink: OutputSink): Promise<OutputReading> {
  const container = engine.docker.getContainer(holder);
  const stream = await callStream("read output", (abortSignal) => container.getArchive({ path: holderMounts.output, abortSignal }), {
    timeoutMs: 120_000 + sink.budget.bytes / bytesPerMs,
    signal: sink.signal,
  });
  const collection = new Collection(sink.folder, sink.budget);
  const fault = (_: string, what: string) =>
    new ParityError("ENGINE_FAILED", `The engine's archive of the output cannot be read: ${what}.`);
  for await (const entry of readTar(stream, fault)) {
    await collection.add(entry);
    if (collection.isTooLarge) break;
  }
  return collection.reading();
}

/** The entries of an output as they come. */
class Collection {
  readonly #folder: BlobFolder;
  readonly #budget: OutputBudget;
  readonly #files = new Map<string, OutputFile>();
  #bytes = 0;
  #tooLarge: string | undefined;
  #refused: string | undefined;

  constructor(folder: BlobFolder, budget: OutputBudget) {
    this.#folder = folder;
    this.#budget = budget;
  }

  get isTooLarge(): boolean {
    return this.#tooLarge !== undefined;
  }

  reading(): OutputReading {
    if (this.#tooLarge !== undefined) return { breach: "output-too-large", reason: this.#tooLarge };
    if (this.#refused !== undefined) return { breach: "output-refused", reason: this.#refused };
    return { files: [...this.#files.values()] };
  }

  async add(entry: TarEntry): Promise<void> {
    const path = pathInOutput(entry.name);
    if (path === "") return;
    const problem = path === undefined ? "the name is not UTF-8" : pathProblem(path);
    if (path === undefined || problem) return this.#refuse(entry.name, problem ?? "");
    if (entry.type === "file") await this.#addFile(path, entry);
    else if (entry.type === "link") this.#addLink(path, entry);
    else if (entry.type !== "directory") this.#refuse(entry.name, `it is a ${entry.type}, not a file or a folder`);
  }

  async #addFile(path: string, entry: TarEntry): Promise<void> {
    if (!this.#hasRoom(entry.bytes)) return;
    const draft = await this.#folder.draft();
    for await (const chunk of entry.content()) await draft.write(chunk);
    this.#files.set(path, { path, ...(await draft.keep()), executable: (entry.mode & 0o100) !== 0 });
  }

  /** The archive has the content only once; which of the names comes first does not matter. */
  #addLink(path: string, entry: TarEntry): void {
    const target = this.#files.get(pathInOutput(entry.linkName) ?? "");
    if (!target) {
      // Its other name was refused (else it would be here): so is this one.
      this.#refuse(entry.name, "it is a hard link to a name that is refused");
      return;
    }
    if (this.#hasRoom(target.bytes)) this.#files.set(path, { ...target, path });
  }

  #hasRoom(bytes: number): boolean {
    this.#bytes += bytes;
    if (this.#bytes > this.#budget.bytes)
      this.#tooLarge = `stdout and the files have more than the limit's bytes (${this.#budget.bytes} were left for files).`;
    if (this.#files.size + 1 > this.#budget.files) this.#tooLarge = `There are more than ${this.#budget.files} files.`;
    return this.#tooLarge === undefined;
  }

  #refuse(name: Buffer, problem: string): void {
    this.#refused ??= `${JSON.stringify(name.toString("utf8").slice(0, jobBounds.pathBytes))} cannot be part of an output: ${problem}.`;
  }
}

/** Takes off the name of the folder itself; returns nothing for a name that is not UTF-8. */
function pathInOutput(name: Buffer): string | undefined {
  const slash = name.indexOf(0x2f);
  if (slash < 0) return "";
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(name.subarray(slash + 1));
  } catch {
    return undefined;
  }
}
