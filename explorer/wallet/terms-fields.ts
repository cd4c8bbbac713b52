import { type Address, type Asset, type Hex, ParityError, type ProposedTerms, zeroAddress } from "@parity-protocol/sdk";
import { parseAmount } from "../text/amount.ts";

/** The form's fields, as they are typed. */
export interface TermsFields {
  jobHash: string;
  bounty: string;
  bond: string;
  slots: string;
  quorum: string;
  commitMinutes: string;
  revealDelaySeconds: string;
  revealMinutes: string;
  gate: string;
  location: string;
}

/** More than a majority of three: what the command line proposes as well. */
export const firstFields: TermsFields = {
  jobHash: "",
  bounty: "0.01",
  bond: "0",
  slots: "3",
  quorum: "2",
  commitMinutes: "10",
  revealDelaySeconds: "60",
  revealMinutes: "10",
  gate: "",
  location: "",
};

/**
 * Reads the terms out of what was typed; whether the contract takes them is the SDK's to say.
 * @param now the chain's clock, unix seconds
 * @throws TERMS_INVALID, AMOUNT_INVALID
 */
export function termsOf(fields: TermsFields, { asset, now }: { asset: Asset; now: number }): ProposedTerms {
  return {
    bountyWei: parseAmount(fields.bounty, asset),
    bondWei: parseAmount(fields.bond, asset),
    slots: whole(fields.slots, "The number of slots"),
    quorum: whole(fields.quorum, "The quorum"),
    commitDeadline: now + 60 * whole(fields.commitMinutes, "The time to commit"),
    revealDelaySeconds: whole(fields.revealDelaySeconds, "The delay before reveals"),
    revealWindowSeconds: 60 * whole(fields.revealMinutes, "The time to reveal"),
    gate: gateOf(fields.gate),
    jobHash: jobHashOf(fields.jobHash),
  };
}

function whole(text: string, what: string): number {
  if (/^\d{1,9}$/.test(text.trim())) return Number(text);
  throw new ParityError("TERMS_INVALID", `${what} is ${JSON.stringify(text.slice(0, 40))}, which is no whole number.`);
}

function gateOf(text: string): Address {
  const gate = text.trim();
  if (gate === "") return zeroAddress;
  if (/^0x[0-9a-fA-F]{40}$/.test(gate)) return gate as Address;
  throw new ParityError("TERMS_INVALID", `The gate ${JSON.stringify(gate.slice(0, 60))} is no address.`);
}

function jobHashOf(text: string): Hex {
  const hash = text.trim().toLowerCase();
  if (/^0x[0-9a-f]{64}$/.test(hash)) return hash as Hex;
  throw new ParityError("TERMS_INVALID", `The job hash ${JSON.stringify(hash.slice(0, 80))} is not 0x and 64 hexadecimal digits.`);
}
