import { existsSync, readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { resolve } from "node:path";
import { type Address, type Hex, ParityError } from "@parity-protocol/sdk";
import { parse } from "dotenv";
import { getAddress, isAddress, isHex } from "viem";
import { z } from "zod";

type Environment = Readonly<Record<string, string | undefined>>;

const GIB = 1024 ** 3;

const url = z.string().refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), "must be an http or https URL");
const urls = (what: string) =>
  z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .pipe(z.array(url).min(1, `must name at least one ${what}`).max(10, "must name at most ten"));
const levels = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .pipe(z.array(z.enum(["standard@1", "strict@1"], "must be levels: standard@1, strict@1")).min(1, "must name at least one level"));
const address = z
  .string()
  .refine((text) => isAddress(text, { strict: false }), "must be an address: 0x and 40 hexadecimal digits")
  .transform((text) => getAddress(text.toLowerCase()));
const addresses = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .pipe(z.array(address));
/** GATE=TOKEN_ID pairs. */
const gateTokens = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .pipe(
    z.array(
      z
        .string()
        .regex(/^0x[0-9a-fA-F]{40}=\d{1,78}$/, "must be pairs of a gate's address and the id of a token, such as 0x5FbD…=7")
        .transform((pair): [Address, bigint] => [getAddress(pair.slice(0, 42).toLowerCase()), BigInt(pair.slice(43))])
        .refine(([, tokenId]) => tokenId < 2n ** 256n, "has the id of a token that no token can have: 2^256 or more"),
    ),
  );
const privateKey = z
  .string()
  .transform((text) => (text.startsWith("0x") ? text : `0x${text}`))
  .refine((text) => isHex(text) && text.length === 66, "must be 0x and 64 hexadecimal digits")
  .transform((text) => text as Hex);
const flag = z.enum(["true", "false", "1", "0"], "must be true or false").transform((text) => text === "true" || text === "1");
const wei = z
  .string()
  .regex(/^\d{1,30}$/, "must be a whole number of wei")
  .transform(BigInt);
const whole = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(minimum, `must be at least ${minimum}`).max(maximum, `must be at most ${maximum}`));
const path = z
  .string()
  .min(1)
  .transform((text) => resolve(text));

/** One row a variable: how it is read, and an example of a good value. */
const variables = {
  RUNNER_RPC_URL: { schema: urls("RPC"), example: "http://127.0.0.1:8545" },
  RUNNER_RPC_QUORUM: { schema: whole(1, 10).optional(), example: "2" },
  RUNNER_ESCROW: { schema: address, example: "0x5FbDB2315678afecb367f032d93F642f64180aa3" },
  RUNNER_STORE_URLS: { schema: urls("store"), example: "http://127.0.0.1:7070 https://blobs.example.org" },
  RUNNER_STORE_TOKEN: { schema: z.string().min(1).optional(), example: "the token of the first store" },
  RUNNER_DIRECTORY: { schema: path.optional(), example: "/var/lib/parity-runner" },
  RUNNER_KEYSTORE: { schema: path.optional(), example: "/etc/parity-runner/keystore.json" },
  RUNNER_PASSWORD_FILE: { schema: path.optional(), example: "/etc/parity-runner/password" },
  RUNNER_PRIVATE_KEY: { schema: privateKey.optional(), example: "0x and 64 hexadecimal digits (a keystore is safer)" },
  RUNNER_PAYEE: { schema: address.optional(), example: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" },
  RUNNER_POLL_MS: { schema: whole(10, 600_000).optional(), example: "1000" },
  RUNNER_CONFIRMATIONS: { schema: whole(0, 10_000).optional(), example: "3" },
  RUNNER_FROM_BLOCK: { schema: whole(0, Number.MAX_SAFE_INTEGER).optional(), example: "19000000" },
  RUNNER_SEND_MARGIN_SECONDS: { schema: whole(0, 86_400).optional(), example: "5" },
  RUNNER_MAX_FEE_PER_GAS_WEI: { schema: wei.optional(), example: "50000000000" },
  RUNNER_ALLOW_OPEN_TASKS: { schema: flag.optional(), example: "false" },
  RUNNER_GATES: { schema: addresses.optional(), example: "0x5FbDB2315678afecb367f032d93F642f64180aa3" },
  RUNNER_GATE_TOKENS: { schema: gateTokens.optional(), example: "0x5FbDB2315678afecb367f032d93F642f64180aa3=7" },
  RUNNER_DENIED_SUBMITTERS: { schema: addresses.optional(), example: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" },
  RUNNER_ALLOWED_SUBMITTERS: { schema: addresses.optional(), example: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" },
  RUNNER_MAX_UNDECIDED_TASKS: { schema: whole(0, 1_000_000).optional(), example: "3" },
  RUNNER_LEVELS: { schema: levels.optional(), example: "standard@1 strict@1" },
  RUNNER_CPU_SECOND_PRICE_WEI: { schema: wei.optional(), example: "10000000000" },
  RUNNER_NATIVE_IN_ASSET: { schema: wei.optional(), example: "3000000000" },
  RUNNER_BOND_ALLOWANCE_WEI: { schema: wei.optional(), example: "1000000000000000000" },
  RUNNER_SELF_CHECK: {
    schema: z.enum(["off", "new-images", "always"], "must be off, new-images or always").optional(),
    example: "new-images",
  },
  RUNNER_MIN_SHARE_WEI: { schema: wei.optional(), example: "1000000000000000" },
  RUNNER_CLAIM_MISMATCHES: { schema: flag.optional(), example: "false" },
  RUNNER_CONCURRENCY: { schema: whole(1, 1_000).optional(), example: "2" },
  RUNNER_MAX_MEMORY_BYTES: { schema: whole(16 * 1024 ** 2, Number.MAX_SAFE_INTEGER).optional(), example: "4294967296" },
  RUNNER_MAX_ARCHIVE_BYTES: { schema: whole(1, Number.MAX_SAFE_INTEGER).optional(), example: "2147483648" },
  RUNNER_MAX_INPUT_BYTES: { schema: whole(0, Number.MAX_SAFE_INTEGER).optional(), example: "1073741824" },
  RUNNER_MAX_OUTPUT_BYTES: { schema: whole(0, Number.MAX_SAFE_INTEGER).optional(), example: "1073741824" },
  RUNNER_MAX_SCRATCH_BYTES: { schema: whole(0, Number.MAX_SAFE_INTEGER).optional(), example: "1073741824" },
  RUNNER_CACHE_BYTES: { schema: whole(1, Number.MAX_SAFE_INTEGER).optional(), example: "21474836480" },
  RUNNER_IMAGE_CACHE_BYTES: { schema: whole(0, Number.MAX_SAFE_INTEGER).optional(), example: "21474836480" },
  RUNNER_MIN_FREE_DISK_BYTES: { schema: whole(0, Number.MAX_SAFE_INTEGER).optional(), example: "1073741824" },
  RUNNER_MAX_TIMEOUT_SECONDS: { schema: whole(1, 7 * 86_400).optional(), example: "3600" },
  RUNNER_ALLOW_PRIVATE_LOCATIONS: { schema: flag.optional(), example: "false" },
  RUNNER_STOP_SECONDS: { schema: whole(0, 3_600).optional(), example: "10" },
  RUNNER_METRICS_PORT: { schema: whole(0, 65_535).optional(), example: "9464" },
  RUNNER_LOG_LEVEL: { schema: z.enum(["debug", "info", "warn", "error", "silent"]).optional(), example: "info" },
} as const;

type VariableName = keyof typeof variables;

/** The names of all variables; docs/runner.md explains each. */
export const runnerVariables: readonly string[] = Object.keys(variables);
type Values = { [Name in VariableName]: z.output<(typeof variables)[Name]["schema"]> };

const secrets: readonly string[] = ["RUNNER_PRIVATE_KEY", "RUNNER_STORE_TOKEN"] satisfies VariableName[];

/** Where the runner's key comes from. */
export type KeySource =
  | { kind: "private-key"; privateKey: Hex }
  | { kind: "keystore"; keystorePath: string; passwordPath: string }
  /** The password was typed by a person: it is in no file, no argument and no variable. */
  | { kind: "typed"; keystorePath: string; password: string };

/** Bounds on what a job may ask of this host. */
export interface HostBounds {
  /** How many jobs run at a time; together they never have more CPUs than the engine. */
  concurrency: number;
  /** Memory of all running jobs together. */
  memoryBytes: number;
  archiveBytes: number;
  inputBytes: number;
  outputBytes: number;
  scratchBytes: number;
  timeoutSeconds: number;
}

/** A runner's whole configuration. Optional numbers have a default that depends on the chain. */
export interface RunnerConfig {
  /** The chain's endpoints, the preferred one first. */
  rpcUrls: string[];
  /** How many endpoints must agree before something that cannot be taken back; the majority where absent. */
  rpcQuorum?: number;
  escrow: Address;
  storeUrls: string[];
  storeToken?: string;
  /** Journal, cache of blobs, outputs. */
  directory: string;
  key: KeySource;
  payee?: Address;
  pollMs?: number;
  /** Blocks on top of the close of a task's commit phase before this runner reveals. */
  confirmations?: number;
  /** The first block whose events matter: the escrow's deployment. */
  fromBlock: bigint;
  /** The last commitment is sent so many seconds before the deadline. */
  sendMarginSeconds: number;
  maxFeePerGasWei?: bigint;
  allowsOpenTasks: boolean;
  /** Gates whose tasks are taken; any gate that admits the runner where absent. */
  gates?: Address[];
  /** The token of an ERC-721 that this runner's address holds, for each gate that admits the holders of one. */
  gateTokens: [gate: Address, tokenId: bigint][];
  deniedSubmitters: Address[];
  /** Submitters whose tasks are taken; any where absent. */
  allowedSubmitters?: Address[];
  /** How many of a submitter's tasks may have come to nothing within a week. */
  maxUndecidedTasks: number;
  /** Determinism levels whose jobs are run; any that the engine can run where absent. */
  levels?: string[];
  /** What a second of one CPU must earn after gas, in the asset's smallest unit; absent: nobody asks what a task costs. */
  cpuSecondPriceWei?: bigint;
  /** What 10^18 wei are worth in the asset's smallest unit, where the asset is a token. */
  nativeInAsset?: bigint;
  /** How much of a token the escrow may collect for bonds, set once at the start; absent: the allowance is left alone. */
  bondAllowanceWei?: bigint;
  /** Which jobs are run twice before a commitment. */
  selfCheck: "off" | "new-images" | "always";
  /** The least that one slot's share may be, in the asset's smallest unit. */
  minShareWei: bigint;
  claimsMismatches: boolean;
  host: HostBounds;
  /** How much the images and inputs of jobs may take on the disk; the oldest go first. */
  cacheBytes: number;
  /** How much of the engine's disk images of past tasks may take; those used last stay. */
  imageCacheBytes: number;
  /** What must stay free on the directory's disk. */
  minFreeDiskBytes: number;
  allowsPrivateLocations: boolean;
  /** How long a stop waits for running jobs before it parks them, seconds. */
  stopSeconds: number;
  /** Loopback port of /metrics and /healthz; 0 takes a free one; absent: neither is served. */
  metricsPort?: number;
  logLevel: "debug" | "info" | "warn" | "error" | "silent";
  /** The engine's address, as in Docker's own variable. */
  dockerHost?: string;
}

/** Reads the process's environment, and below it the file `.env` of the working directory. */
export function readEnvironment(): Environment {
  const file = existsSync(".env") ? parse(readFileSync(".env")) : {};
  return { ...file, ...process.env };
}

/**
 * Reads a runner's configuration out of an environment.
 * @throws RUNNER_CONFIG_INVALID naming every wrong variable, what it got (never a secret) and an example
 */
export function loadRunnerConfig(environment: Environment): RunnerConfig {
  const problems = unknownVariables(environment);
  const values: Record<string, unknown> = {};
  for (const [name, { schema, example }] of Object.entries(variables)) {
    // An empty variable is what an unset one looks like in a compose file.
    const text = environment[name] === "" ? undefined : environment[name];
    const parsed = schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(describe(name, text, { what: parsed.error.issues[0]?.message ?? "is invalid", example }));
  }
  const config = values as unknown as Values;
  problems.push(...keyProblems(environment), ...quorumProblems(config));
  if (problems.length > 0) throw new ParityError("RUNNER_CONFIG_INVALID", problems.join("\n"), { details: { problems } });
  return withoutUndefined(toConfig(config, environment));
}

/**
 * Reads where a runner's status can be found: all that is needed of the configuration to ask after it.
 * @throws RUNNER_CONFIG_INVALID
 */
export function loadStatusPlace(environment: Environment): Pick<RunnerConfig, "directory"> & { metricsPort?: number } {
  const problems: string[] = [];
  const read = <T>(name: VariableName, schema: z.ZodType<T>): T | undefined => {
    const text = environment[name] || undefined;
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    problems.push(describe(name, text, { what: parsed.error.issues[0]?.message ?? "is invalid", example: variables[name].example }));
    return undefined;
  };
  const directory = read("RUNNER_DIRECTORY", variables.RUNNER_DIRECTORY.schema) ?? resolve(".parity/runner");
  const metricsPort = read("RUNNER_METRICS_PORT", variables.RUNNER_METRICS_PORT.schema);
  if (problems.length > 0) throw new ParityError("RUNNER_CONFIG_INVALID", problems.join("\n"), { details: { problems } });
  return metricsPort === undefined ? { directory } : { directory, metricsPort };
}

interface Complaint {
  what: string;
  example: string;
}

function describe(name: string, text: string | undefined, { what, example }: Complaint): string {
  if (text === undefined) return `${name} is missing. Example: ${name}=${example}`;
  const got = secrets.includes(name) ? "a secret value" : name === "RUNNER_RPC_URL" ? withoutCredentials(text) : JSON.stringify(text);
  return `${name} ${what}; it got ${got}. Example: ${name}=${example}`;
}

/** RPC URLs carry their credential in the path, the query or the user name. */
function withoutCredentials(text: string): string {
  const shown = (url: string) => (URL.canParse(url) ? `${new URL(url).protocol}//${new URL(url).host}/...` : "something that is no URL");
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(shown)
    .join(", ");
}

function unknownVariables(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith("RUNNER_") && !runnerVariables.includes(name))
    .map((name) => {
      const nearest = runnerVariables
        .map((other) => ({ other, distance: distanceBetween(name, other) }))
        .sort((a, b) => a.distance - b.distance)[0];
      return `${name} is not a variable of the runner${nearest && nearest.distance <= 8 ? `; did you mean ${nearest.other}?` : "."}`;
    });
}

/** Levenshtein's distance. */
function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function keyProblems(environment: Environment): string[] {
  const has = (name: VariableName) => Boolean(environment[name]);
  if (has("RUNNER_PRIVATE_KEY") && has("RUNNER_KEYSTORE")) return ["RUNNER_PRIVATE_KEY and RUNNER_KEYSTORE are both set: one key, please."];
  if (has("RUNNER_PRIVATE_KEY")) return [];
  if (!has("RUNNER_KEYSTORE")) return [`RUNNER_KEYSTORE is missing. Example: RUNNER_KEYSTORE=${variables.RUNNER_KEYSTORE.example}`];
  if (has("RUNNER_PASSWORD_FILE")) return [];
  return [`RUNNER_PASSWORD_FILE is missing. Example: RUNNER_PASSWORD_FILE=${variables.RUNNER_PASSWORD_FILE.example}`];
}

function quorumProblems({ RUNNER_RPC_QUORUM: quorum, RUNNER_RPC_URL: rpcUrls }: Partial<Values>): string[] {
  if (quorum === undefined || rpcUrls === undefined || quorum <= rpcUrls.length) return [];
  const what = `must be at most ${rpcUrls.length}, the number of URLs in RUNNER_RPC_URL; it got "${quorum}"`;
  return [`RUNNER_RPC_QUORUM ${what}. Example: RUNNER_RPC_QUORUM=${rpcUrls.length}`];
}

function toConfig(values: Values, environment: Environment): { [Name in keyof RunnerConfig]: RunnerConfig[Name] | undefined } {
  return {
    rpcUrls: values.RUNNER_RPC_URL,
    rpcQuorum: values.RUNNER_RPC_QUORUM,
    escrow: values.RUNNER_ESCROW,
    storeUrls: values.RUNNER_STORE_URLS,
    storeToken: values.RUNNER_STORE_TOKEN,
    directory: values.RUNNER_DIRECTORY ?? resolve(".parity/runner"),
    key: toKeySource(values),
    payee: values.RUNNER_PAYEE,
    pollMs: values.RUNNER_POLL_MS,
    confirmations: values.RUNNER_CONFIRMATIONS,
    fromBlock: BigInt(values.RUNNER_FROM_BLOCK ?? 0),
    sendMarginSeconds: values.RUNNER_SEND_MARGIN_SECONDS ?? 5,
    maxFeePerGasWei: values.RUNNER_MAX_FEE_PER_GAS_WEI,
    allowsOpenTasks: values.RUNNER_ALLOW_OPEN_TASKS ?? false,
    gates: values.RUNNER_GATES,
    gateTokens: values.RUNNER_GATE_TOKENS ?? [],
    deniedSubmitters: values.RUNNER_DENIED_SUBMITTERS ?? [],
    allowedSubmitters: values.RUNNER_ALLOWED_SUBMITTERS,
    maxUndecidedTasks: values.RUNNER_MAX_UNDECIDED_TASKS ?? 3,
    levels: values.RUNNER_LEVELS,
    cpuSecondPriceWei: values.RUNNER_CPU_SECOND_PRICE_WEI,
    nativeInAsset: values.RUNNER_NATIVE_IN_ASSET,
    bondAllowanceWei: values.RUNNER_BOND_ALLOWANCE_WEI,
    selfCheck: values.RUNNER_SELF_CHECK ?? "off",
    minShareWei: values.RUNNER_MIN_SHARE_WEI ?? 0n,
    claimsMismatches: values.RUNNER_CLAIM_MISMATCHES ?? false,
    host: toHostBounds(values),
    cacheBytes: values.RUNNER_CACHE_BYTES ?? 20 * GIB,
    imageCacheBytes: values.RUNNER_IMAGE_CACHE_BYTES ?? 20 * GIB,
    minFreeDiskBytes: values.RUNNER_MIN_FREE_DISK_BYTES ?? GIB,
    allowsPrivateLocations: values.RUNNER_ALLOW_PRIVATE_LOCATIONS ?? false,
    stopSeconds: values.RUNNER_STOP_SECONDS ?? 10,
    metricsPort: values.RUNNER_METRICS_PORT,
    logLevel: values.RUNNER_LOG_LEVEL ?? "info",
    dockerHost: environment.DOCKER_HOST || undefined,
  };
}

function toKeySource(values: Values): KeySource {
  if (values.RUNNER_PRIVATE_KEY) return { kind: "private-key", privateKey: values.RUNNER_PRIVATE_KEY };
  return { kind: "keystore", keystorePath: values.RUNNER_KEYSTORE ?? "", passwordPath: values.RUNNER_PASSWORD_FILE ?? "" };
}

function toHostBounds(values: Values): HostBounds {
  return {
    concurrency: values.RUNNER_CONCURRENCY ?? availableParallelism(),
    // Half of the host's memory: the engine, the page cache and this program need the rest.
    memoryBytes: values.RUNNER_MAX_MEMORY_BYTES ?? Math.floor(totalmem() / 2),
    archiveBytes: values.RUNNER_MAX_ARCHIVE_BYTES ?? 2 * GIB,
    inputBytes: values.RUNNER_MAX_INPUT_BYTES ?? GIB,
    outputBytes: values.RUNNER_MAX_OUTPUT_BYTES ?? GIB,
    scratchBytes: values.RUNNER_MAX_SCRATCH_BYTES ?? GIB,
    timeoutSeconds: values.RUNNER_MAX_TIMEOUT_SECONDS ?? 3_600,
  };
}

function withoutUndefined(config: { [Name in keyof RunnerConfig]: RunnerConfig[Name] | undefined }): RunnerConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) as unknown as RunnerConfig;
}
