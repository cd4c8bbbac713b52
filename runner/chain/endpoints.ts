import { ParityError, withChainErrors } from "@parity-protocol/sdk";
import { type Address, type Client, createClient } from "viem";
import { getChainId, getTransactionCount } from "viem/actions";
import { endpointOf } from "./endpoint.ts";
import { hasRested, inTurn, type OnEndpointFault, rest, rotatingTransport, type Seat, seatOf } from "./rotating-transport.ts";

/** One endpoint of the chain, asked on its own. */
export interface Endpoint {
  label: string;
  /** Fails at once, and asks nothing, while the endpoint rests because it asked to slow down. */
  client: Client;
  /** Waits, seconds at the most, until that rest is over; no, at once, where there is none or no answer is to be hoped for after it. */
  hasRested(): Promise<boolean>;
}

/** The chain through all of its endpoints. */
export interface Endpoints {
  /** Asks the first endpoint that is well. */
  client: Client;
  /** Each of them, in the order of the configuration. */
  each: readonly Endpoint[];
  /** How many must agree before something that cannot be taken back. */
  quorum: number;
  /** Leaves an endpoint alone for a while that said what the others do not. */
  outvote(endpoint: Endpoint): void;
  /** Leaves the endpoint alone for a while that is asked now, where there is another one. */
  turn(): void;
}

/** How several endpoints are asked. */
export interface EndpointChoices {
  /** The majority where absent. */
  quorum?: number | undefined;
  /** Hears of each request that an endpoint failed, from the first one on. */
  onFault?: OnEndpointFault;
}

/** Opens the endpoints of a chain. */
export function openEndpoints(urls: readonly string[], choices: EndpointChoices = {}): Endpoints {
  const { quorum = Math.floor(urls.length / 2) + 1, onFault = () => undefined } = choices;
  const seats = urls.map((url) => seatOf(endpointOf(url)));
  const clientOf = (some: typeof seats, isPatient: boolean) => createClient({ transport: rotatingTransport(some, onFault, { isPatient }) });
  const each = seats.map((seat) => ({ label: seat.label, client: clientOf([seat], false), hasRested: () => hasRested(seat) }));
  const outvote = (seat: Seat) => {
    rest(seat, "outvoted");
    onFault(seat.label, "outvoted");
  };
  return {
    client: clientOf(seats, true),
    each,
    quorum,
    outvote: (endpoint) => seats.filter((_, i) => each[i] === endpoint).forEach(outvote),
    turn: () => {
      if (seats.length > 1) inTurn(seats).slice(0, 1).forEach(outvote);
    },
  };
}

/**
 * Asks every endpoint the same; those that fail abstain. One that asks to slow down abstains at once where the others are enough without
 * it. Where they are not, it is asked once more after its rest: else whoever is not limited would be believed alone.
 */
export async function askEach<T>(
  each: readonly Endpoint[],
  ask: (endpoint: Endpoint) => Promise<T>,
  isEnough: (answers: readonly T[]) => boolean,
): Promise<T[]> {
  const askOne = (endpoint: Endpoint) => ask(endpoint).catch(() => undefined);
  const answers = await Promise.all(each.map(askOne));
  const told = () => answers.filter((answer) => answer !== undefined);
  if (isEnough(told())) return told();
  const askAgain = async (endpoint: Endpoint, i: number) => {
    if (answers[i] === undefined && (await endpoint.hasRested())) answers[i] = await askOne(endpoint);
  };
  await Promise.all(each.map(askAgain));
  return told();
}

/**
 * Reads an account's next nonce, transactions on their way included: the highest that a quorum of the endpoints knows of. One alone
 * could name a nonce that never comes, and everything would wait for it.
 * @throws RPC_UNREACHABLE, RPC_FAILED where none answers
 */
export async function readNextNonce(
  { client, each, quorum }: Pick<Endpoints, "client" | "each" | "quorum">,
  address: Address,
): Promise<number> {
  const readAt = (at: Client) => withChainErrors(at, () => getTransactionCount(at, { address, blockTag: "pending" }));
  if (each.length < 2) return readAt(client);
  const answers = await askEach(
    each,
    (endpoint) => readAt(endpoint.client),
    ({ length }) => length >= quorum,
  );
  const known = answers.sort((a, b) => b - a);
  return known[Math.min(quorum, known.length) - 1] ?? readAt(client);
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
