import { ParityError } from "../errors/index.ts";
import type { TaskTerms } from "./types.ts";

/** The most slots that a task may have. */
export const maxSlots = 24;

/** The most bytes of UTF-8 that a location hint may have. */
export const maxLocationBytes = 256;

/**
 * Checks which terms a task may have: the mirror of TermsRules.sol, with the same codes.
 * @param time unix seconds, by the chain's clock
 * @throws TERMS_INVALID, SLOTS_OUT_OF_RANGE, QUORUM_OUT_OF_RANGE, BOUNTY_TOO_SMALL, BONDS_EXCEED_BOUNTY, DEADLINE_IN_THE_PAST,
 * REVEAL_WINDOW_IS_ZERO
 */
export function checkTerms(terms: TaskTerms, time: number): void {
  checkWidths(terms);
  const { slots, quorum, bountyWei, bondWei, commitDeadline, revealWindowSeconds } = terms;
  if (slots < 1 || slots > maxSlots) throw new ParityError("SLOTS_OUT_OF_RANGE", `${slots} slots are not between 1 and ${maxSlots}.`);
  const majority = Math.floor(slots / 2) + 1;
  if (quorum < majority || quorum > slots)
    throw new ParityError("QUORUM_OUT_OF_RANGE", `A quorum of ${quorum} is not between ${majority} and ${slots} for ${slots} slots.`);
  if (bountyWei < BigInt(slots))
    throw new ParityError("BOUNTY_TOO_SMALL", `A bounty of ${bountyWei} is less than one unit for each of ${slots} slots.`);
  const bonds = bondWei * BigInt(slots);
  if (bonds > bountyWei) throw new ParityError("BONDS_EXCEED_BOUNTY", `Bonds of ${bonds} in all exceed the bounty of ${bountyWei}.`);
  if (commitDeadline <= time)
    throw new ParityError("DEADLINE_IN_THE_PAST", `The commit deadline ${commitDeadline} is not after the chain's time ${time}.`);
  if (revealWindowSeconds < 1) throw new ParityError("REVEAL_WINDOW_IS_ZERO", "The reveal window is zero seconds long.");
}

/** How many bits the contract has for each number. */
const widths = {
  bountyWei: 96,
  bondWei: 96,
  slots: 8,
  quorum: 8,
  commitDeadline: 40,
  revealDelaySeconds: 24,
  revealWindowSeconds: 24,
  nonce: 256,
} as const satisfies Partial<Record<keyof TaskTerms, number>>;

function checkWidths(terms: TaskTerms): void {
  for (const name of Object.keys(widths) as (keyof typeof widths)[]) {
    const value = terms[name];
    const isWhole = typeof value === "bigint" || Number.isSafeInteger(value);
    if (!isWhole || value < 0 || BigInt(value) >= 2n ** BigInt(widths[name]))
      throw new ParityError("TERMS_INVALID", `${name} is ${value}; it has to be a whole number of at most ${widths[name]} bits.`, {
        details: { name },
      });
  }
  if (!/^0x[0-9a-fA-F]{64}$/.test(terms.jobHash))
    throw new ParityError("TERMS_INVALID", `jobHash is ${JSON.stringify(terms.jobHash)}; it has to be 32 bytes in 0x-hex.`);
  if (!/^0x[0-9a-fA-F]{40}$/.test(terms.gate))
    throw new ParityError("TERMS_INVALID", `gate is ${JSON.stringify(terms.gate)}; it has to be an address, or the zero address.`);
}

/** Checks that a location hint fits into the event. @throws LOCATION_TOO_LONG */
export function checkLocation(location: string): void {
  const bytes = new TextEncoder().encode(location).length;
  if (bytes > maxLocationBytes)
    throw new ParityError("LOCATION_TOO_LONG", `The location has ${bytes} bytes; ${maxLocationBytes} are the most.`);
}
