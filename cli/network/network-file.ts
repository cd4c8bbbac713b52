import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import { z } from "zod";

const hex = (bytes: number, what: string) =>
  z.custom<`0x${string}`>(
    (value) => typeof value === "string" && new RegExp(`^0x[0-9a-fA-F]{${bytes * 2}}$`).test(value),
    `must be ${what}: 0x and ${bytes * 2} hexadecimal digits`,
  );
const url = z.url({ protocol: /^https?$/, error: "must be an http(s) URL" });

const networkSchema = z.strictObject({
  chainId: z.int().positive(),
  rpcUrl: url,
  factory: hex(20, "an address"),
  escrow: hex(20, "an address"),
  deployedAtBlock: z.int().nonnegative(),
  storeUrl: url.optional(),
  storeToken: z.string().min(1).optional(),
  gate: hex(20, "an address").optional(),
  submitterKey: hex(32, "a private key").optional(),
  /** The process of `parity up` that holds a local network; absent for others. */
  pid: z.int().positive().optional(),
});

/** What .parity/network.json says: where the chain, the escrow and the store are. */
export type Network = z.infer<typeof networkSchema>;

const LOCAL_CHAIN_ID = 31_337;

/** Says whether a chain is a local test chain, whose money is worth nothing. */
export function isLocalChain(chainId: number): boolean {
  return chainId === LOCAL_CHAIN_ID;
}

/** Names the network file of a folder. */
export function networkFileIn(directory: string): string {
  return path.join(directory, ".parity", "network.json");
}

/** Finds and reads the network file of a folder or of the nearest folder above it. @throws NETWORK_FILE_INVALID */
export function findNetwork(directory: string): { file: string; network: Network } | undefined {
  for (let at = path.resolve(directory); ; at = path.dirname(at)) {
    const file = networkFileIn(at);
    const network = readNetwork(file);
    if (network) return { file, network };
    if (at === path.dirname(at)) return undefined;
  }
}

/** Reads a network file, or nothing where there is none. @throws NETWORK_FILE_INVALID */
export function readNetwork(file: string): Network | undefined {
  const text = readText(file);
  if (text === undefined) return undefined;
  const parsed = networkSchema.safeParse(parseJson(text, file));
  if (!parsed.success) throw new ParityError("NETWORK_FILE_INVALID", `${file}: ${z.prettifyError(parsed.error)}`);
  if (parsed.data.submitterKey && !isLocalChain(parsed.data.chainId))
    throw new ParityError(
      "NETWORK_FILE_INVALID",
      `${file} holds a private key for chain ${parsed.data.chainId}; only a local chain's may stand there.`,
      {
        hint: "Remove submitterKey, move what that key owns elsewhere, and keep keys in a keystore (`parity wallet import`).",
      },
    );
  return parsed.data;
}

/** Writes a network file in one step, readable by its owner only. */
export function writeNetwork(file: string, network: Network): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(networkSchema.parse(network), null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/** Removes a network file if it is still the one of `pid`. */
export function removeNetwork(file: string, pid: number): void {
  const text = readText(file);
  if (text?.includes(`"pid": ${pid}`)) rmSync(file, { force: true });
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new ParityError("NETWORK_FILE_INVALID", `${file} cannot be read.`, { cause });
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ParityError("NETWORK_FILE_INVALID", `${file} is not JSON.`, { cause });
  }
}
