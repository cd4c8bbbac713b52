import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Address, jobBounds, ParityError } from "@parity-protocol/sdk";
import { parse } from "dotenv";
import { z } from "zod";
import type { ChainPlace } from "./connect-chain.ts";
import { defaultQuota } from "./open-store.ts";
import type { QuotaTerms } from "./writers/quota.ts";

/** What the store program is told by its environment. */
export interface StoreConfig {
  directory: string;
  host: string;
  port: number;
  token: string | undefined;
  maxBlobBytes: number;
  maxBytes: number | undefined;
  /** Where to ask who may write with a signature. */
  chain: ChainPlace | undefined;
  publicUrls: string[] | undefined;
  quota: QuotaTerms;
  retentionDays: number | undefined;
  requestsPerSecond: number;
  maxConnectionsOfOne: number | undefined;
  isBehindProxy: boolean;
  logLevel: (typeof logLevels)[number];
}

/** Many more than a runner that fetches uses, and an eighth of all. */
const CONNECTIONS_OF_ONE = 128;

type Environment = Readonly<Record<string, string | undefined>>;

const logLevels = ["silent", "error", "warn", "info", "debug"] as const;

const units = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const;

/** A size in bytes, with an optional K, M, G or T. */
const byteSize = z.string().transform((text, context) => {
  const [, digits, unit] = /^(\d{1,15})([KMGT]?)$/.exec(text) ?? [];
  const bytes = Number(digits) * units[unit as keyof typeof units];
  if (digits !== undefined && Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  context.addIssue({ code: "custom", message: "must be a number of bytes, which may end in K, M, G or T" });
  return z.NEVER;
});

const portNumber = z
  .string()
  .regex(/^\d{1,5}$/, "must be a number from 0 to 65535")
  .transform(Number)
  .refine((port) => port <= 65_535, "must be a number from 0 to 65535");

const url = z.string().refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), "must be an http or https URL");
const urls = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .pipe(z.array(url).min(1));
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, "must be an address: 0x and 40 hexadecimal digits");
const flag = z.enum(["true", "false", "1", "0"], "must be true or false").transform((text) => text === "true" || text === "1");
const whole = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(minimum, `must be at least ${minimum}`).max(maximum, `must be at most ${maximum}`));

/** One row a variable: what it must be, and what a right one looks like. */
const variables = {
  STORE_DIRECTORY: { schema: z.string({ error: "must be set" }).min(1, "must not be empty"), example: "STORE_DIRECTORY=./blobs" },
  STORE_HOST: { schema: z.string().min(1, "must not be empty").default("127.0.0.1"), example: "STORE_HOST=127.0.0.1" },
  STORE_PORT: { schema: portNumber.default(8090), example: "STORE_PORT=8090" },
  STORE_TOKEN: {
    schema: z
      .string()
      .regex(/^[\x21-\x7e]{16,512}$/, "must be 16 to 512 printable characters without spaces")
      .optional(),
    example: "STORE_TOKEN=$(openssl rand -hex 32)",
  },
  STORE_MAX_BLOB_BYTES: { schema: byteSize.default(jobBounds.archiveBytes), example: "STORE_MAX_BLOB_BYTES=2G" },
  STORE_MAX_BYTES: { schema: byteSize.optional(), example: "STORE_MAX_BYTES=100G" },
  STORE_RPC_URL: { schema: url.optional(), example: "STORE_RPC_URL=http://127.0.0.1:8545" },
  STORE_ESCROW: { schema: address.optional(), example: "STORE_ESCROW=0x5FbDB2315678afecb367f032d93F642f64180aa3" },
  STORE_FROM_BLOCK: { schema: whole(0, Number.MAX_SAFE_INTEGER).default(0), example: "STORE_FROM_BLOCK=19000000" },
  STORE_PUBLIC_URLS: { schema: urls.optional(), example: "STORE_PUBLIC_URLS=https://blobs.example.org" },
  STORE_QUOTA_BYTES: { schema: byteSize.default(defaultQuota.addressBytes), example: "STORE_QUOTA_BYTES=4G" },
  STORE_UNPROVEN_BYTES: { schema: byteSize.default(defaultQuota.unprovenBytes), example: "STORE_UNPROVEN_BYTES=16G" },
  STORE_SIGNED_BYTES: { schema: byteSize.default(defaultQuota.signedBytes), example: "STORE_SIGNED_BYTES=64G" },
  STORE_RETENTION_DAYS: { schema: whole(1, 36_500).optional(), example: "STORE_RETENTION_DAYS=30" },
  STORE_REQUESTS_PER_SECOND: { schema: whole(1, 1_000_000).default(1_000), example: "STORE_REQUESTS_PER_SECOND=1000" },
  STORE_BEHIND_PROXY: { schema: flag.default(false), example: "STORE_BEHIND_PROXY=true" },
  STORE_LOG_LEVEL: {
    schema: z.enum(logLevels, { error: `must be one of ${logLevels.join(", ")}` }).default("info"),
    example: "STORE_LOG_LEVEL=info",
  },
} as const;

type VariableName = keyof typeof variables;
type Values = { [Name in VariableName]: z.output<(typeof variables)[Name]["schema"]> };

/**
 * Reads the store's configuration from the environment, and from .env in `directory` where the environment does not say. An empty
 * variable counts as not set; one that begins with STORE_ and is not known is refused, since it is most likely a typing error.
 * @throws STORE_CONFIG_INVALID naming every wrong variable, what it got and an example
 */
export function loadStoreConfig(env: Environment = process.env, directory: string = process.cwd()): StoreConfig {
  const merged: Environment = { ...readDotenv(directory), ...withoutEmpty(env) };
  const problems = Object.keys(merged).flatMap((name) => (name.startsWith("STORE_") && !isVariable(name) ? [unknown(name)] : []));
  const values: Record<string, unknown> = {};
  for (const [name, { schema }] of Object.entries(variables)) {
    const parsed = schema.safeParse(merged[name]);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(problemOf(name as VariableName, merged[name], parsed.error.issues[0]?.message));
  }
  if ((values.STORE_RPC_URL === undefined) !== (values.STORE_ESCROW === undefined))
    problems.push(
      `STORE_RPC_URL and STORE_ESCROW go together. Example: ${variables.STORE_RPC_URL.example} ${variables.STORE_ESCROW.example}`,
    );
  if (problems.length > 0) throw new ParityError("STORE_CONFIG_INVALID", problems.join("\n"), { details: { problems } });
  return configOf(values as Values);
}

function isVariable(name: string): name is VariableName {
  return name in variables;
}

function unknown(name: string): string {
  return `${name} is not a variable of the store. It knows ${Object.keys(variables).join(", ")}.`;
}

/** A token, and the address of an RPC, are secrets: only their length is shown. */
function problemOf(name: VariableName, got: string | undefined, rule = "is wrong"): string {
  const shown = name === "STORE_TOKEN" || name === "STORE_RPC_URL" ? `${got?.length} characters` : JSON.stringify(got?.slice(0, 100));
  return `${name} ${rule}; it ${got === undefined ? "is not set" : `got ${shown}`}. Example: ${variables[name].example}`;
}

function configOf(values: Values): StoreConfig {
  return {
    directory: values.STORE_DIRECTORY,
    host: values.STORE_HOST,
    port: values.STORE_PORT,
    token: values.STORE_TOKEN,
    maxBlobBytes: values.STORE_MAX_BLOB_BYTES,
    maxBytes: values.STORE_MAX_BYTES,
    chain: chainOf(values),
    publicUrls: values.STORE_PUBLIC_URLS,
    quota: { addressBytes: values.STORE_QUOTA_BYTES, unprovenBytes: values.STORE_UNPROVEN_BYTES, signedBytes: values.STORE_SIGNED_BYTES },
    retentionDays: values.STORE_RETENTION_DAYS,
    requestsPerSecond: values.STORE_REQUESTS_PER_SECOND,
    // Behind a proxy all connections are the proxy's.
    maxConnectionsOfOne: values.STORE_BEHIND_PROXY ? undefined : CONNECTIONS_OF_ONE,
    isBehindProxy: values.STORE_BEHIND_PROXY,
    logLevel: values.STORE_LOG_LEVEL,
  };
}

function chainOf(values: Values): ChainPlace | undefined {
  const { STORE_RPC_URL: rpcUrl, STORE_ESCROW: escrow, STORE_FROM_BLOCK: fromBlock } = values;
  return rpcUrl === undefined || escrow === undefined ? undefined : { rpcUrl, escrow: escrow as Address, fromBlock: BigInt(fromBlock) };
}

function withoutEmpty(env: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

function readDotenv(directory: string): Record<string, string> {
  try {
    return withoutEmpty(parse(readFileSync(join(directory, ".env"))));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new ParityError("STORE_CONFIG_INVALID", `.env cannot be read: ${(cause as Error).message}.`, { cause });
  }
}
