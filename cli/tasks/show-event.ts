import type { Hex, TaskEvent } from "@parity-protocol/sdk";
import type { Paint } from "../terminal/colour.ts";
import { pad } from "../terminal/columns.ts";
import type { JsonRecord } from "../terminal/printer.ts";
import { formatAmount } from "../units/amount.ts";
import { type Currency, nativeCurrency } from "../units/currency.ts";
import { shortHex } from "./find-task.ts";

/** How to call a runner: by its name where one is known, else by its identity. */
export type NameOf = (identity: Hex) => string;

interface Shown {
  verb: string;
  who: string;
  what: string;
}

/** How events are told. */
export interface Telling {
  nameOf: NameOf;
  paint: Paint;
  /** The chain's own unless told. */
  currency?: Currency;
}

interface Wording {
  nameOf: NameOf;
  inCurrency: (amount: bigint) => string;
}

/** Shows an event of a task on one line: what happened, who did it, how much or which hash. */
export function eventLine(event: TaskEvent, { nameOf, paint, currency = nativeCurrency }: Telling): string | undefined {
  const shown = shownOf(event, { nameOf, inCurrency: (amount) => formatAmount(amount, currency) });
  if (!shown) return undefined;
  const tone = shown.verb === "strike" ? "bad" : shown.verb === "paid" || shown.verb === "decided" ? "good" : "accent";
  return `  ${paint(tone, pad(shown.verb, 10))} ${pad(shown.who, 12)} ${shown.what}`.trimEnd();
}

/** Gives an event's facts for programs. */
export function eventRecord({ name, args, blockNumber, transactionHash }: TaskEvent): JsonRecord {
  return { event: name, ...args, blockNumber, transactionHash };
}

/** Names a runner by the last digits of its identity, where addresses differ. */
export function nameByIdentity(identity: Hex): string {
  return `0x…${identity.slice(-8)}`;
}

function shownOf(event: TaskEvent, wording: Wording): Shown | undefined {
  const { nameOf, inCurrency } = wording;
  switch (event.name) {
    case "TaskPosted":
      return {
        verb: "posted",
        who: "submitter",
        what: `bounty ${inCurrency(event.args.terms.bounty)}, task ${shortHex(event.args.taskId, 16)}`,
      };
    case "SlotReserved":
      return { verb: "reserved", who: nameOf(event.args.identity), what: `slot ${event.args.slot}` };
    case "ResultCommitted":
      return { verb: "committed", who: nameOf(event.args.identity), what: `commitment ${shortHex(event.args.commitment, 16)}` };
    case "ResultRevealed":
      return { verb: "revealed", who: nameOf(event.args.identity), what: `output ${shortHex(event.args.outputHash, 16)}` };
    case "TaskDecided":
      return { verb: "decided", who: "quorum", what: `output ${shortHex(event.args.outputHash, 16)}` };
    case "PayoutClaimed":
      return payout(event.args, wording);
    case "StrikeRecorded":
      return { verb: "strike", who: nameOf(event.args.identity), what: `now ${event.args.strikes} in this scope` };
    case "BountyReclaimed":
      return { verb: "reclaimed", who: "submitter", what: inCurrency(event.args.amount) };
    case "StrikesCleared":
    case "StepSkipped":
      return undefined; // nothing that a person follows a task for
  }
}

function payout({ identity, share, bond }: { identity: Hex; share: bigint; bond: bigint }, { nameOf, inCurrency }: Wording): Shown {
  const bondText = bond > 0n ? ` and its bond ${inCurrency(bond)}` : "";
  if (share === 0n) return { verb: "settled", who: nameOf(identity), what: `nothing earned${bond > 0n ? `;${bondText.slice(4)}` : ""}` };
  return { verb: "paid", who: nameOf(identity), what: `${inCurrency(share)}${bondText}` };
}
