import { type Address, ParityError, zeroAddress } from "@parity-protocol/sdk";
import type { Command } from "commander";
import { isLocalChain } from "../network/network-file.ts";
import { addressFlag, type Settings } from "../network/settings.ts";
import { parseAmount } from "../units/amount.ts";
import { type Currency, exampleOf } from "../units/currency.ts";
import { parseDuration } from "../units/duration.ts";

/** The terms of a task as flags say them. */
export interface TermsOptions {
  bounty?: string;
  bond?: string;
  slots: string;
  quorum?: string;
  commitWithin?: string;
  revealDelay?: string;
  revealWindow?: string;
  gate?: string;
}

/** The terms of a task before it has a job and a deadline. */
export interface TermsPlan {
  bountyWei: bigint;
  bondWei: bigint;
  slots: number;
  quorum: number;
  commitSeconds: number;
  revealDelaySeconds: number;
  revealWindowSeconds: number;
  gate: Address;
}

/** On a local chain money is worth nothing, and nobody reorganises it. */
const localDefaults = { bounty: "0.01eth", revealDelay: 0, revealWindow: 60 };
/** Room for finality, and for a runner that restarts. */
const publicDefaults = { revealDelay: 15 * 60, revealWindow: 60 * 60 };
/** On top of the job's own time: room to notice the task, to fetch its blobs and to load its image. */
const commitSlackSeconds = 10 * 60;

/** Adds the flags that say a task's terms. */
export function withTerms(command: Command): Command {
  return command
    .option("--bounty <amount>", "what those who agree share, such as 0.01eth or 5usdc (on a local network 0.01eth unless told)")
    .option("--slots <count>", "how many runners may take part", "3")
    .option("--quorum <count>", "how many must agree (more than half of the slots unless told)")
    .option("--gate <address|none>", "who may take part; none: anyone (unless told, the network file's gate)")
    .option("--bond <amount>", "deposit of a slot, which everybody who reveals gets back (none unless told)")
    .option("--commit-within <duration>", "how long runners may commit (unless told, the job's time limit and 10m)")
    .option("--reveal-delay <duration>", "pause before reveals, for the chain's finality (15m, or 0s on a local network)")
    .option("--reveal-window <duration>", "how long runners may reveal (1h, or 1m on a local network)");
}

/**
 * Reads a task's terms from flags; what is not said depends on the network and on the job's time limit.
 * @throws USAGE_INVALID, AMOUNT_INVALID, DURATION_INVALID
 */
export function planTerms(
  options: TermsOptions,
  { chainId, settings, currency, timeoutSeconds }: { chainId: number; settings: Settings; currency: Currency; timeoutSeconds: number },
): TermsPlan {
  const isLocal = isLocalChain(chainId);
  const defaults = isLocal ? localDefaults : publicDefaults;
  const bounty = options.bounty ?? (isLocal && !currency.token ? localDefaults.bounty : undefined);
  if (bounty === undefined)
    throw new ParityError("USAGE_INVALID", "No bounty is named.", {
      hint: `Say what the runners that agree share, such as --bounty ${currency.token ? exampleOf(currency) : "0.01eth"}.`,
    });
  const slots = countOf(options.slots, "--slots");
  return {
    bountyWei: parseAmount(bounty, currency),
    bondWei: options.bond === undefined ? 0n : parseAmount(options.bond, currency),
    slots,
    quorum: options.quorum === undefined ? Math.floor(slots / 2) + 1 : countOf(options.quorum, "--quorum"),
    commitSeconds: options.commitWithin === undefined ? timeoutSeconds + commitSlackSeconds : parseDuration(options.commitWithin),
    revealDelaySeconds: options.revealDelay === undefined ? defaults.revealDelay : parseDuration(options.revealDelay),
    revealWindowSeconds: options.revealWindow === undefined ? defaults.revealWindow : parseDuration(options.revealWindow),
    gate: gateOf(options, settings),
  };
}

function gateOf({ gate }: TermsOptions, settings: Settings): Address {
  if (gate === "none") return zeroAddress;
  const named = addressFlag(gate, "--gate") ?? settings.gate;
  if (named) return named;
  throw new ParityError("USAGE_INVALID", "No gate is named, and the network has none of its own.", {
    hint: "Name who may take part with --gate 0x…, or say --gate none: then anyone can fill the quorum, and the result proves nothing by itself.",
  });
}

function countOf(text: string, flag: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new ParityError("USAGE_INVALID", `${flag} '${text}' is not a count.`, { hint: `Write a whole number: ${flag} 3` });
}
