import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { OutputManifest } from "@parity-protocol/sdk";
import type { JobRun } from "../run/job-request.ts";
import { type FirstDifference, findFirstDifference } from "./first-difference.ts";
import { type Places, placesOf, wholeOf } from "./places.ts";

/** A run of a check, and the folder that has its output; `durationMs` is from the container's making to its removal. */
export interface CheckedRun extends Pick<JobRun, "manifest" | "outputHash" | "stderr" | "reason" | "durationMs"> {
  outputDirectory: string;
}

/** How the outputs of two runs differ. */
export interface Difference {
  places: Places;
  first: FirstDifference;
}

interface Part {
  name: string;
  sha256: string;
  bytes: number;
  executable?: boolean;
}

/** Larger contents are compared by their hashes. */
const mostBytesRead = 16 * 1024 ** 2;

/** Compares what two runs put out; nothing when it is the same. */
export async function compareRuns(before: CheckedRun, after: CheckedRun): Promise<Difference | undefined> {
  if (before.outputHash === after.outputHash) return undefined;
  const found = [...exitDifference(before.manifest, after.manifest)];
  const [left, right] = [partsOf(before.manifest), partsOf(after.manifest)];
  for (const [name, part] of left) {
    const other = right.get(name);
    if (other && part.sha256 !== other.sha256) found.push(await partDifference([before, part], [after, other]));
  }
  found.push(...listDifference(left, right));
  const [first] = found;
  if (!first) return undefined;
  return { places: new Set(found.flatMap((each) => [...each.places])), first: first.first };
}

function endingOf(manifest: OutputManifest): string {
  return manifest.outcome === "exited" ? `exit code ${manifest.exitCode}` : manifest.outcome;
}

function* exitDifference(left: OutputManifest, right: OutputManifest): Generator<Difference> {
  const [before, after] = [endingOf(left), endingOf(right)];
  if (before !== after) yield { places: new Set(["exit"]), first: { in: "exit", kind: "exit", at: "the end", before, after } };
}

function partsOf(manifest: OutputManifest): Map<string, Part> {
  if (manifest.outcome !== "exited") return new Map();
  const files = manifest.files.map((file) => [file.path, { ...file, name: file.path }] as const);
  return new Map<string, Part>([["stdout", { ...manifest.stdout, name: "stdout" }], ...files]);
}

/** Which files there are and may be executed, as one place: their names may be what differs. */
function* listDifference(left: ReadonlyMap<string, Part>, right: ReadonlyMap<string, Part>): Generator<Difference> {
  const [before, after] = [[...left.values()].map(entryOf), [...right.values()].map(entryOf)];
  const gone = before.find((entry) => !after.includes(entry));
  const come = after.find((entry) => !before.includes(entry));
  if (gone === undefined && come === undefined) return;
  const first = { in: "files", kind: "files", at: "the list of files", before: gone ?? "(nothing)", after: come ?? "(nothing)" } as const;
  yield { places: new Set([wholeOf("files")]), first };
}

function entryOf({ name, executable }: Part): string {
  return executable ? `${name} (executable)` : name;
}

async function partDifference([run, part]: [CheckedRun, Part], [otherRun, other]: [CheckedRun, Part]): Promise<Difference> {
  const { name } = part;
  if (part.bytes > mostBytesRead || other.bytes > mostBytesRead) return hashDifference(part, other);
  const [before, after] = await Promise.all([read(run, part), read(otherRun, other)]);
  return { places: new Set(placesOf(name, before, after)), first: findFirstDifference(name, before, after) };
}

function hashDifference({ name, ...before }: Part, after: Part): Difference {
  const show = ({ bytes, sha256 }: Omit<Part, "name">) => `${bytes} bytes, sha256 ${sha256}`;
  const first = { in: name, kind: "binary", at: "somewhere", before: show(before), after: show(after) } as const;
  return { places: new Set([wholeOf(name)]), first };
}

function read({ outputDirectory }: CheckedRun, { sha256 }: Part): Promise<Uint8Array> {
  return readFile(join(outputDirectory, sha256));
}
