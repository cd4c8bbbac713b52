import { ParityError } from "@parity-protocol/sdk";
import { type Network, parseNetwork } from "./network.ts";

const STORED = "parity-network";
/** Far more than a description of a network has. */
const MAX_FILE_LENGTH = 16_384;

/** Finds the network to show: the visitor's own choice, else the file beside the page, else none. @throws NETWORK_FILE_INVALID */
export async function findNetwork(): Promise<Network | undefined> {
  const beside = await readFileBeside();
  if (beside?.isFixed) return beside;
  return readStored() ?? beside;
}

/** Keeps the visitor's choice in this browser; undefined goes back to the file beside the page. */
export function keepNetwork(network: Network | undefined): void {
  if (network) window.localStorage.setItem(STORED, JSON.stringify(network));
  else window.localStorage.removeItem(STORED);
}

/** Says whether the visitor chose a network. */
export function hasKeptNetwork(): boolean {
  return readStored() !== undefined;
}

function readStored(): Network | undefined {
  try {
    const text = window.localStorage.getItem(STORED);
    return text === null ? undefined : parseNetwork(JSON.parse(text));
  } catch {
    // Written by another version, or storage is off: as if nothing had been chosen.
    return undefined;
  }
}

async function readFileBeside(): Promise<Network | undefined> {
  const response = await fetch("./network.json", { cache: "no-store", credentials: "omit" }).catch(() => undefined);
  // A host that answers every address with a page has no such file.
  if (!response?.ok || !response.headers.get("content-type")?.includes("json")) return undefined;
  const text = await response.text();
  if (text.length > MAX_FILE_LENGTH) throw new ParityError("NETWORK_FILE_INVALID", "The network.json beside this page is too long.");
  return parseNetwork(parseJson(text));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ParityError("NETWORK_FILE_INVALID", "The network.json beside this page is not JSON.", { cause });
  }
}
