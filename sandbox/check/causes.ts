import type { FactorName } from "./factors.ts";

/** Why an output differs, in one word a cause; `--json` has them. */
export const causeNames = [
  "date",
  "time-stamp",
  "duration",
  "file-times",
  "randomness",
  "addresses",
  "directory-order",
  "file-numbers",
  "process-numbers",
  "scheduling",
  "kernel",
  "memory-size",
  "cpu-count",
  "host-name",
  "home",
  "time-zone",
  "locale",
  "thread-count",
  "hash-order",
  "cpu-features",
  "source-date",
  "environment",
  "combination",
  "waiting",
  "time-limit",
  "machine",
  "uncontrolled",
] as const;

/** The name of a cause. */
export type CauseName = (typeof causeNames)[number];

/** The first level under which a cause makes no difference; undefined for one that no level holds still. */
export type Cure = "standard@1" | "strict@1" | undefined;

/** What a cause is in words. */
export interface CauseWords {
  /** Ends a sentence that begins "The output depends on". */
  on: string;
  /** What the submitter can do in the job itself. */
  fix: string;
  cure: Cure;
}

/** The words of every cause. */
export const causeWords: Readonly<Record<CauseName, CauseWords>> = {
  date: { on: "today's date", fix: "set SOURCE_DATE_EPOCH or drop the date", cure: "strict@1" },
  "time-stamp": { on: "the time at which it runs", fix: "set SOURCE_DATE_EPOCH or drop the time stamp", cure: "strict@1" },
  duration: {
    on: "how fast time passes: it shows a duration, or stops at a deadline",
    fix: "leave durations out, and count steps instead of seconds",
    cure: "strict@1",
  },
  "file-times": {
    on: "the times of files that it makes",
    fix: "give files a fixed time (touch -d @0, tar --mtime=@0) or leave their times out",
    cure: "strict@1",
  },
  randomness: { on: "random numbers", fix: "seed the generator from the input, or name things by what is in them", cure: "strict@1" },
  addresses: {
    on: "where things lie in memory",
    fix: "do not print, sort or hash by addresses (id(), %p, pointers as keys)",
    cure: "strict@1",
  },
  "directory-order": { on: "the order in which directories are listed", fix: "sort what is listed", cure: "strict@1" },
  "file-numbers": { on: "inode numbers", fix: "leave inode numbers out", cure: "strict@1" },
  "process-numbers": { on: "process numbers", fix: "leave process numbers out of names, seeds and output", cure: "strict@1" },
  scheduling: {
    on: "which thread or process runs first: a race",
    fix: "collect results in the order of the work, not of its completion; protect what is shared",
    cure: "strict@1",
  },
  kernel: { on: "the release of the kernel", fix: "leave uname out", cure: "strict@1" },
  "memory-size": { on: "how much memory the machine has", fix: "set sizes by the job's own parameters", cure: "strict@1" },
  "cpu-count": { on: "how many CPUs it sees", fix: "set the number of threads by the job's own parameters", cure: "standard@1" },
  "host-name": { on: "the name of the host", fix: "leave the host name out", cure: "standard@1" },
  home: { on: "HOME", fix: "use paths that do not depend on the user", cure: "standard@1" },
  "time-zone": { on: "the time zone", fix: "work in UTC", cure: "standard@1" },
  locale: { on: "the locale", fix: "name the locale where it matters (LC_ALL=C sort)", cure: "standard@1" },
  "thread-count": {
    on: "the number of threads of numerical libraries",
    fix: "fix the number of threads, or sum in a fixed order",
    cure: "standard@1",
  },
  "hash-order": { on: "the seed of Python's hashes", fix: "sort sets and the like before they are written", cure: "standard@1" },
  "cpu-features": {
    on: "the CPU: libraries choose their code by its features, and round differently",
    fix: "round results, or use integers or a library for a fixed CPU",
    cure: "standard@1",
  },
  "source-date": { on: "SOURCE_DATE_EPOCH", fix: "nothing, where a level sets it", cure: "standard@1" },
  environment: { on: "other variables of the environment", fix: "write out only the variables that matter", cure: "standard@1" },
  combination: {
    on: "several things at once, and on none of them alone",
    fix: "look at what changed, and take out what is not of the job",
    cure: "strict@1",
  },
  "time-limit": {
    on: "how fast the machine is: it is over in time or not",
    fix: "raise limits.timeoutSeconds well above what a run takes",
    cure: undefined,
  },
  waiting: { on: "waiting by the clock", fix: "do not sleep, or ask for strict@1, where sleeping takes no time", cure: "strict@1" },
  machine: {
    on: "something else of the machine: it differs between the levels, and nothing that was changed explains it",
    fix: "leave out what it tells about the machine (/proc, /sys, limits)",
    cure: "strict@1",
  },
  uncontrolled: {
    on: "something that no level holds still, most likely RDRAND, RDSEED or CPUID: processor instructions that nobody can trap",
    fix: "use the system's random numbers (getrandom, /dev/urandom), and compile for a fixed CPU",
    cure: undefined,
  },
};

/** The cause that each factor alone stands for. */
export const causeOfFactor: Readonly<Record<FactorName, CauseName>> = {
  date: "date",
  pace: "duration",
  "file-times": "file-times",
  seed: "randomness",
  addresses: "addresses",
  "directory-order": "directory-order",
  "file-numbers": "file-numbers",
  "process-numbers": "process-numbers",
  turns: "scheduling",
  kernel: "kernel",
  memory: "memory-size",
  cpus: "cpu-count",
  hostname: "host-name",
  home: "home",
  "time-zone": "time-zone",
  locale: "locale",
  threads: "thread-count",
  "hash-seed": "hash-order",
  "cpu-features": "cpu-features",
  "source-date": "source-date",
  variables: "environment",
};
