import type { JobSpec } from "@parity-protocol/sdk";
import { strictClockStart } from "../determinism/strict.ts";
import type { Variation } from "./variation.ts";

/** What an output may depend on besides the job. A level fixes some of them. */
export const factorNames = [
  "date",
  "pace",
  "file-times",
  "seed",
  "addresses",
  "directory-order",
  "file-numbers",
  "process-numbers",
  "turns",
  "kernel",
  "memory",
  "cpus",
  "hostname",
  "home",
  "time-zone",
  "locale",
  "threads",
  "hash-seed",
  "cpu-features",
  "source-date",
  "variables",
] as const;

/** The name of a factor, as `--json` has it. */
export type FactorName = (typeof factorNames)[number];

/** One thing that a check changes while everything else stays as it is. */
export interface Factor {
  name: FactorName;
  /** Factors of a kind are changed together first: where the output stays the same, none of them matters. */
  kind: "time" | "chance" | "files" | "processes" | "machine" | "surroundings";
  /** What was done, to end a sentence that begins "the output changed when". */
  change: string;
  /** The first level that holds it still; runners of a lower level may differ in it. */
  fixedBy: "standard@1" | "strict@1";
  variation(spec: JobSpec): Variation;
}

const daysLater = 400;
const laterSeconds = strictClockStart + daysLater * 86_400;
const strict = (...determinizer: string[]) => ({ determinizer });
const variables = (environment: NonNullable<Variation["environment"]>) => ({ environment });
const threadVariables = ["MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"];
const featureVariables = ["GLIBC_TUNABLES", "GODEBUG", "NPY_DISABLE_CPU_FEATURES", "OPENBLAS_CORETYPE"];
const each = (names: readonly string[], value?: string) => Object.fromEntries(names.map((name) => [name, value]));

/** A day is long for a job, a month is not a year, and no date has the same weekday, month and year after so many. */
const dateOnly = ["--epoch", `${laterSeconds}`, "--vary-file-epoch", `${strictClockStart}`];

const time: readonly Factor[] = [
  {
    name: "date",
    kind: "time",
    change: `the clock started ${daysLater} days later`,
    fixedBy: "strict@1",
    variation: () => strict(...dateOnly),
  },
  {
    name: "pace",
    kind: "time",
    change: "each reading of the clock took seven times as long",
    fixedBy: "strict@1",
    variation: () => strict("--vary-clock-step", "7000"),
  },
  {
    name: "file-times",
    kind: "time",
    change: `the files that it made were ${daysLater} days younger`,
    fixedBy: "strict@1",
    variation: () => strict("--vary-file-epoch", `${laterSeconds}`),
  },
];

const chance: readonly Factor[] = [
  {
    name: "seed",
    kind: "chance",
    change: "the kernel gave other random bytes",
    fixedBy: "strict@1",
    variation: ({ determinism }) =>
      strict(
        "--seed",
        determinism.seed.replace(/^./, (digit) => (digit === "5" ? "a" : "5")),
      ),
  },
  {
    name: "addresses",
    kind: "chance",
    change: "the kernel put the program elsewhere in memory",
    fixedBy: "strict@1",
    variation: () => strict("--vary-addresses"),
  },
];

const files: readonly Factor[] = [
  {
    name: "directory-order",
    kind: "files",
    change: "directories were listed backwards",
    fixedBy: "strict@1",
    variation: () => strict("--vary-directories"),
  },
  {
    name: "file-numbers",
    kind: "files",
    change: "files had other inode numbers",
    fixedBy: "strict@1",
    variation: () => strict("--vary-first-inode", "700000"),
  },
];

const processes: readonly Factor[] = [
  {
    name: "process-numbers",
    kind: "processes",
    change: "processes had other numbers",
    fixedBy: "strict@1",
    variation: () => strict("--vary-first-pid", "345"),
  },
  {
    name: "turns",
    kind: "processes",
    change: "its threads and processes ran in another order",
    fixedBy: "strict@1",
    variation: () => strict("--vary-turns", "--vary-calls-a-turn", "3"),
  },
];

const machine: readonly Factor[] = [
  {
    name: "kernel",
    kind: "machine",
    change: "the kernel had another release",
    fixedBy: "strict@1",
    variation: () => strict("--vary-release", "5.10.0-other"),
  },
  {
    name: "memory",
    kind: "machine",
    change: "the machine had half as much memory",
    fixedBy: "strict@1",
    variation: ({ limits }) => strict("--memory", `${Math.floor(limits.memoryBytes / 2)}`),
  },
  {
    name: "cpus",
    kind: "machine",
    change: "the machine had three CPUs more",
    fixedBy: "standard@1",
    variation: ({ limits }) => strict("--cpus", `${limits.cpus + 3}`),
  },
  {
    name: "hostname",
    kind: "machine",
    change: "the host had another name",
    fixedBy: "standard@1",
    variation: () => ({ hostname: "quorum", environment: { HOSTNAME: "quorum" } }),
  },
];

const surroundings: readonly Factor[] = [
  {
    name: "home",
    kind: "surroundings",
    change: "HOME was another folder",
    fixedBy: "standard@1",
    variation: () => variables({ HOME: "/dev/shm" }), // as writable as the level's
  },
  {
    name: "time-zone",
    kind: "surroundings",
    change: "the time zone was another",
    fixedBy: "standard@1",
    variation: () => variables({ TZ: "JST-9" }),
  },
  {
    name: "locale",
    kind: "surroundings",
    change: "the locale was C",
    fixedBy: "standard@1",
    variation: () => variables({ LANG: "C", LC_ALL: "C" }),
  },
  {
    name: "threads",
    kind: "surroundings",
    change: "numerical libraries were told to use four threads",
    fixedBy: "standard@1",
    variation: () => variables(each(threadVariables, "4")),
  },
  {
    name: "hash-seed",
    kind: "surroundings",
    change: "Python's hashes had another seed",
    fixedBy: "standard@1",
    variation: () => variables({ PYTHONHASHSEED: "1" }),
  },
  {
    name: "cpu-features",
    kind: "surroundings",
    change: "libraries were allowed to use all that this CPU can do",
    fixedBy: "standard@1",
    variation: () => variables(each(featureVariables)),
  },
  {
    name: "source-date",
    kind: "surroundings",
    change: "SOURCE_DATE_EPOCH was another day",
    fixedBy: "standard@1",
    variation: () => variables({ SOURCE_DATE_EPOCH: "981173106" }),
  },
  {
    name: "variables",
    kind: "surroundings",
    change: "there were more environment variables",
    fixedBy: "standard@1",
    variation: () => variables({ LOGNAME: "somebody", PARITY_CHECK: "1", SHELL: "/bin/sh", TERM: "xterm", USER: "somebody" }),
  },
];

/** Every factor, in the order in which their findings are told. */
export const factors: readonly Factor[] = [...time, ...chance, ...files, ...processes, ...machine, ...surroundings];

/** Returns the factors that can be changed at a level: without a determinizer, only what the container's options say. */
export function factorsAt(spec: JobSpec): readonly Factor[] {
  const isWithout = spec.determinism.level !== "strict@1";
  return factors.filter((factor) => !isWithout || !factor.variation(spec).determinizer);
}
