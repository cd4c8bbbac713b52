import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Hex, ParityError } from "@parity-protocol/sdk";

/** The folder of the examples. */
export const examplesFolder = path.resolve(import.meta.dirname, "../../examples");

/** A job folder that users copy. */
export interface Example {
  name: string;
  folder: string;
  jobFile: string;
  /** The output's hash, where it is the same on every machine. */
  expected?: Hex;
}

/** Finds the examples in the order of their names; `names` are those that are wanted. @throws USAGE_INVALID for a name that is none */
export function findExamples(names: readonly string[] = [], folder = examplesFolder): Example[] {
  const found = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(folder, entry.name, "job.json")))
    .map(({ name }) => describe(path.join(folder, name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const unknown = names.filter((name) => !found.some((example) => example.name === name));
  if (unknown.length > 0)
    throw new ParityError("USAGE_INVALID", `There is no example called ${unknown.join(", ")}.`, {
      hint: `The examples are ${found.map(({ name }) => name).join(", ")}.`,
    });
  return names.length === 0 ? found : found.filter(({ name }) => names.includes(name));
}

/** Writes what an example gives as what it is expected to give. */
export function expectOutput({ folder }: Example, outputHash: Hex): void {
  writeFileSync(fileIn(folder), `${JSON.stringify({ outputHash }, null, 2)}\n`);
}

const fileIn = (folder: string) => path.join(folder, "expected.json");

function describe(folder: string): Example {
  const example = { name: path.basename(folder), folder, jobFile: path.join(folder, "job.json") };
  if (!existsSync(fileIn(folder))) return example;
  const { outputHash } = JSON.parse(readFileSync(fileIn(folder), "utf8")) as { outputHash: Hex };
  return { ...example, expected: outputHash };
}
