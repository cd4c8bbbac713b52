import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { hostname } from "node:os";
import { connectEngine, type Engine } from "@parity-protocol/sandbox";
import { type Escrow, getEscrow, type Hex } from "@parity-protocol/sdk";
import type { Client } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { checkSameChain, type Endpoints, openEndpoints } from "./chain/endpoints.ts";
import type { OnEndpointFault } from "./chain/rotating-transport.ts";
import type { RunnerConfig } from "./config.ts";
import { loadKey } from "./keys/load-key.ts";

/** What a runner stands on: its key, the chain and the engine, all of which answered. */
export interface Ground {
  privateKey: Hex;
  account: PrivateKeyAccount;
  /** Asks whichever endpoint is well. */
  client: Client;
  endpoints: Endpoints;
  escrow: Escrow;
  engine: Engine;
  /** Names this runner's directory to the engine: what a crash left there is swept by this name. */
  owner: string;
  pollMs: number;
  confirmations: number;
  /** Whether blocks come by themselves; a chain on one machine makes them for transactions. */
  hasSteadyBlocks: boolean;
}

/** Chains that live on one machine: they are never reorganised, and asking them costs nothing. */
const localChainIds = [1337, 31_337];

/**
 * Loads the key and meets the chain and the engine.
 * @throws KEYSTORE_INVALID, KEYSTORE_PASSWORD_WRONG, ENGINE_UNREACHABLE, ENGINE_UNSUPPORTED, RPC_UNREACHABLE, WRONG_CHAIN, NO_CODE_AT_ESCROW,
 * NOT_AN_ESCROW
 */
export async function standOn(config: RunnerConfig, onEndpointFault: OnEndpointFault): Promise<Ground> {
  const endpoints = openEndpoints(config.rpcUrls, { quorum: config.rpcQuorum, onFault: onEndpointFault });
  const { client } = endpoints;
  const [privateKey, escrow, engine] = await Promise.all([
    loadKey(config.key),
    getEscrow(client, { escrow: config.escrow }),
    connectEngine(config.dockerHost === undefined ? {} : { dockerHost: config.dockerHost }),
  ]);
  await checkSameChain(endpoints, escrow.chainId);
  const isLocal = localChainIds.includes(escrow.chainId);
  return {
    privateKey,
    account: privateKeyToAccount(privateKey),
    client,
    endpoints,
    escrow,
    engine,
    owner: ownerOf(config.directory),
    pollMs: config.pollMs ?? (isLocal ? 100 : 1_000),
    confirmations: config.confirmations ?? (isLocal ? 0 : 3),
    hasSteadyBlocks: !isLocal,
  };
}

/** Names the runner of a directory to the engine. The same for the same directory of the same machine, for ever; the directory must exist. */
export function ownerOf(directory: string): string {
  const digest = createHash("sha256")
    .update(`${hostname()}\0${realpathSync(directory)}`)
    .digest("hex");
  return `runner-${digest.slice(0, 24)}`;
}
