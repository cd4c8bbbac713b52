import { type Address, type Hex, ParityError } from "@parity-protocol/sdk";
import type { Context } from "../program/context.ts";
import type { NetworkOptions, StoreOptions } from "../program/options.ts";
import { findNetwork, type Network, readNetwork } from "./network-file.ts";

/** Which network a command uses: flags before the environment and .env, before the network file. */
export interface Settings {
  rpcUrl: string;
  /** The chain that the network file promises. */
  chainId?: number;
  escrow?: Address;
  /** The factory of the network file's escrow. */
  factory?: Address;
  /** The first block worth reading. */
  fromBlock: bigint;
  storeUrls: string[];
  storeToken?: string;
  gate?: Address;
  /** True where the network file says that `parity up` holds the network. */
  isHeldByUp?: boolean;
  /** The key of a local network's submitter. */
  submitterKey?: Hex;
}

/**
 * Finds the network. The network file counts only where nothing else names another chain's URL: its escrow and keys belong to its chain.
 * @throws NETWORK_UNKNOWN, NETWORK_FILE_INVALID, CONFIG_INVALID
 */
export function findSettings(context: Context, options: NetworkOptions & StoreOptions): Settings {
  const environment = context.environment();
  const named = urlFlag(options.rpcUrl, "--rpc-url") ?? environment.PARITY_RPC_URL;
  const file = networkOf(context, options);
  const network = file && (named === undefined || named === file.rpcUrl) ? file : undefined;
  const rpcUrl = named ?? network?.rpcUrl;
  if (rpcUrl === undefined)
    throw new ParityError("NETWORK_UNKNOWN", "No network is named, and there is no .parity/network.json here or above.");
  const escrow = addressFlag(options.escrow, "--escrow") ?? (environment.PARITY_ESCROW as Address | undefined) ?? network?.escrow;
  const storeUrls = storesOf(options, environment.PARITY_STORE_URL, network);
  // The network file's token is for its own store, and nobody else's.
  const storeToken = environment.PARITY_STORE_TOKEN ?? (storeUrls[0] === network?.storeUrl ? network?.storeToken : undefined);
  return {
    rpcUrl,
    ...(network ? fromNetwork(network, escrow) : { fromBlock: 0n }),
    ...(escrow ? { escrow } : {}),
    storeUrls,
    ...(storeToken ? { storeToken } : {}),
  };
}

/** Checks an address that a flag gave. @throws USAGE_INVALID */
export function addressFlag(text: string | undefined, flag: string): Address | undefined {
  if (text === undefined || /^0x[0-9a-fA-F]{40}$/.test(text)) return text as Address | undefined;
  throw new ParityError("USAGE_INVALID", `${flag} '${text}' is not an address.`, { hint: "An address is 0x and 40 hexadecimal digits." });
}

function networkOf(context: Context, options: NetworkOptions): Network | undefined {
  if (options.network === undefined) return findNetwork(context.directory)?.network;
  const network = readNetwork(options.network);
  if (!network)
    throw new ParityError("NETWORK_FILE_INVALID", `${options.network} does not exist.`, { hint: "Check the path after --network." });
  return network;
}

function fromNetwork(network: Network, escrow: Address | undefined) {
  const isSameEscrow = escrow?.toLowerCase() === network.escrow.toLowerCase();
  return {
    chainId: network.chainId,
    fromBlock: isSameEscrow ? BigInt(network.deployedAtBlock) : 0n,
    ...(isSameEscrow ? { factory: network.factory } : {}),
    ...(network.pid === undefined ? {} : { isHeldByUp: true }),
    ...(network.gate ? { gate: network.gate } : {}),
    ...(network.submitterKey ? { submitterKey: network.submitterKey } : {}),
  };
}

function storesOf(options: StoreOptions, fromEnvironment: string | undefined, network: Network | undefined): string[] {
  if (options.storeUrl) return options.storeUrl.map((url) => urlFlag(url, "--store-url") ?? url);
  const one = fromEnvironment ?? network?.storeUrl;
  return one ? [one] : [];
}

function urlFlag(text: string | undefined, flag: string): string | undefined {
  if (text === undefined || (/^https?:/.test(text) && URL.canParse(text))) return text;
  throw new ParityError("USAGE_INVALID", `${flag} is not an http(s) URL.`, { hint: `Write it like this: ${flag} http://127.0.0.1:8545` });
}
