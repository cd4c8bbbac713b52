import { ParityError } from "@parity-protocol/sdk";
import { type Client, createClient } from "viem";
import { getChainId } from "viem/actions";
import { endpointOf, type OnEndpointFault, rotatingTransport } from "./rotating-transport.ts";

/** One endpoint of the chain, asked on its own. */
export interface Endpoint {
  label: string;
  client: Client;
}

/** The chain through all of its endpoints. */
export interface Endpoints {
  /** Asks the first endpoint that is well. */
  client: Client;
  /** Each of them, in the order of the configuration. */
  each: readonly Endpoint[];
  /** How many must agree before something that cannot be taken back. */
  quorum: number;
  /** Who hears of faults; nobody at first. */
  onFault: OnEndpointFault;
}

/**
 * Opens the endpoints of a chain.
 * @param quorum the majority where absent
 */
export function openEndpoints(urls: readonly string[], quorum = Math.floor(urls.length / 2) + 1): Endpoints {
  const transports = urls.map(endpointOf);
  const endpoints: Endpoints = {
    client: createClient({ transport: rotatingTransport(transports, (label, fault) => endpoints.onFault(label, fault)) }),
    each: transports.map(({ label, transport }) => ({ label, client: createClient({ transport }) })),
    quorum,
    onFault: () => undefined,
  };
  return endpoints;
}

/**
 * Makes sure that the endpoints that answer are of one chain.
 * @throws WRONG_CHAIN naming the one that is not
 */
export async function checkSameChain({ each }: Endpoints, chainId: number): Promise<void> {
  if (each.length < 2) return;
  const ids = await Promise.all(each.map(({ client }) => getChainId(client).catch(() => undefined)));
  for (const [i, id] of ids.entries())
    if (id !== undefined && id !== chainId)
      throw new ParityError(
        "WRONG_CHAIN",
        `${each[i]?.label} serves chain ${id}, and another endpoint of RUNNER_RPC_URL chain ${chainId}.`,
      );
}
