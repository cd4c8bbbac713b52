import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import { parse } from "dotenv";
import { z } from "zod";

const url = z.url({ protocol: /^https?$/, error: "must be an http(s) URL" });
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, "must be an address: 0x and 40 hexadecimal digits");

/** Each variable that the program reads, with an example for the message about a wrong one. */
const variables = {
  PARITY_RPC_URL: { schema: url, example: "https://rpc.example.org", isSecret: true },
  PARITY_ESCROW: { schema: address, example: "0x5FbDB2315678afecb367f032d93F642f64180aa3", isSecret: false },
  PARITY_STORE_URL: { schema: url, example: "https://store.example.org", isSecret: false },
  PARITY_STORE_TOKEN: {
    schema: z.string().min(1, "must not be empty"),
    example: "the token that the store's owner gave you",
    isSecret: true,
  },
  PARITY_PRIVATE_KEY: {
    schema: z.string().regex(/^0x[0-9a-fA-F]{64}$/, "must be 0x and 64 hexadecimal digits"),
    example: "0x4c08…",
    isSecret: true,
  },
  PARITY_KEYSTORE: { schema: z.string().min(1, "must not be empty"), example: "wallet.json", isSecret: false },
  PARITY_PASSWORD_FILE: { schema: z.string().min(1, "must not be empty"), example: "wallet.password", isSecret: false },
  DOCKER_HOST: { schema: z.string().min(1, "must not be empty"), example: "unix:///var/run/docker.sock", isSecret: false },
} as const;

type VariableName = keyof typeof variables;

/** The program's variables that are set, validated; unset and empty ones are absent. */
export type Environment = Readonly<Partial<Record<VariableName, string>>>;

/**
 * Reads the program's variables from the environment, and from .env in `directory` where the environment does not set them.
 * @throws CONFIG_INVALID naming the variable, what it got and an example
 */
export function readEnvironment(directory: string, environment: NodeJS.ProcessEnv = process.env): Environment {
  const file = readDotenv(directory);
  const names = Object.keys(variables) as VariableName[];
  return Object.fromEntries(names.flatMap((name) => readVariable(name, environment[name] || file[name])));
}

/** Returns everything that .env in `directory` and, before it, the environment say; for programs with variables of their own. */
export function readAllVariables(directory: string): Record<string, string | undefined> {
  return { ...readDotenv(directory), ...process.env };
}

/** Returns the whole environment, for the processes that the program starts. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}

/** Where the program keeps what it can get again: XDG_CACHE_HOME, or .cache in the user's home. */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return path.join(environment.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "parity");
}

function readVariable(name: VariableName, value: string | undefined): [VariableName, string][] {
  if (value === undefined || value === "") return [];
  const { schema, example, isSecret } = variables[name];
  const parsed = schema.safeParse(value);
  if (parsed.success) return [[name, parsed.data]];
  const got = isSecret ? "what it is set to is not shown" : `it is '${value}'`;
  throw new ParityError("CONFIG_INVALID", `${name} ${parsed.error.issues[0]?.message}; ${got}.`, {
    hint: `Set it like this: ${name}=${example}`,
  });
}

function readDotenv(directory: string): Record<string, string> {
  try {
    return parse(readFileSync(path.join(directory, ".env")));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new ParityError("CONFIG_INVALID", `The file ${path.join(directory, ".env")} cannot be read.`, { cause });
  }
}
