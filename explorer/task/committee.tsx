import { isTerminal, maxStrikes, type Phase } from "@parity-protocol/sdk";
import type { Entry } from "../ledger/book.ts";
import { type SlotView, slotsOf } from "../ledger/slots.ts";
import { Amount } from "../parts/amount.tsx";
import { Fingerprint } from "../parts/fingerprint.tsx";
import { Hex } from "../parts/hex.tsx";
import { CheckIcon, CrossIcon } from "../parts/icons.tsx";
import { Empty, type Tone } from "../parts/notice.tsx";
import { Table } from "../parts/table.tsx";
import { addressOf } from "../routing/route.ts";

const columns = ["Slot", "Runner", "Commitment", "Revealed output", "Verdict", { number: "Paid" }] as const;

/** Who took a slot, what each one answered, who was paid. */
export function Committee({ entry, phase }: { entry: Entry; phase: Phase }) {
  const slots = slotsOf(entry, phase);
  const free = entry.state.slots - slots.length;
  if (slots.length === 0)
    return (
      <Empty title={phase === "OPEN" ? "No runner has taken a slot yet" : "No runner took a slot"}>
        <p>
          {entry.state.slots} slots, a quorum of {entry.state.quorum}.
        </p>
      </Empty>
    );
  return (
    <>
      <Table caption="The slots of this task: runner, commitment, revealed output, verdict and payment" columns={columns} kind="committee">
        {slots.map((slot) => (
          <SlotRow key={slot.identity} slot={slot} phase={phase} />
        ))}
      </Table>
      {free > 0 ? (
        <p className="muted">
          {free === 1 ? "One slot" : `${free} slots`} {phase === "OPEN" ? "still free." : "stayed free."}
        </p>
      ) : null}
    </>
  );
}

function SlotRow({ slot, phase }: { slot: SlotView; phase: Phase }) {
  const { runner, identity, commitment, opening } = slot;
  return (
    <tr data-verdict={verdictOf(slot).name.toLowerCase()}>
      <th scope="row" data-name="Slot">
        {slot.slot}
      </th>
      <td data-name="Runner">
        <Hex value={runner ?? identity} link={addressOf({ page: "runner", identity })} label="runner" />
      </td>
      <td data-name="Commitment">{commitment ? <Hex value={commitment} label="commitment" /> : <span className="muted">none</span>}</td>
      <td data-name="Revealed">
        {opening ? (
          <span className={`answer answer-${slot.standing}`}>
            <Fingerprint hash={opening.outputHash} />
            <Hex value={opening.outputHash} digits={6} label="revealed output hash" />
          </span>
        ) : (
          <span className="muted">{isTerminal(phase) ? "nothing" : "not yet"}</span>
        )}
      </td>
      <td data-name="Verdict">
        <Verdict slot={slot} />
      </td>
      <td data-name="Paid" className="number">
        <Paid slot={slot} phase={phase} />
      </td>
    </tr>
  );
}

function Verdict({ slot }: { slot: SlotView }) {
  const { name, tone, why } = verdictOf(slot);
  return (
    <span className="cell-stack">
      <span className="badges">
        <span className={`badge badge-${tone}`}>
          {tone === "good" ? <CheckIcon /> : tone === "bad" ? <CrossIcon /> : null}
          {name}
        </span>
        {slot.isStruck ? (
          <span className="badge badge-bad" title={`At ${maxStrikes} strikes the scope refuses the runner for good`}>
            Strike {slot.strikes} of {maxStrikes}
          </span>
        ) : null}
      </span>
      {why ? <span className="why">{why}</span> : null}
    </span>
  );
}

/** Says in a word how a slot did, and why. */
export function verdictOf({ standing, copyOf, commitment, opening }: SlotView): { name: string; tone: Tone; why: string } {
  if (copyOf !== undefined && !opening)
    return { name: "Copied", tone: "bad", why: `The same commitment as slot ${copyOf}; it opens for nobody else` };
  switch (standing) {
    case "matched":
      return { name: "Match", tone: "good", why: "" };
    case "mismatched":
      return { name: "Mismatch", tone: "bad", why: "Another output than the quorum's" };
    case "no-show":
      return { name: "No show", tone: "bad", why: commitment ? "Committed and did not reveal" : "Took a slot and did not commit" };
    case "revealed":
      return { name: "Revealed", tone: "wait", why: "No quorum has formed" };
    case "committed":
      return { name: "Committed", tone: "wait", why: "Its answer is sealed" };
    case "reserved":
      return { name: "Reserved", tone: "wait", why: "It has not committed yet" };
    case "kept":
      return { name: "Kept", tone: "plain", why: "It did what it could; too few others did" };
  }
}

function Paid({ slot: { claimed, standing }, phase }: { slot: SlotView; phase: Phase }) {
  if (!isTerminal(phase)) return <span className="muted">not yet</span>;
  if (!claimed) return <span className="muted">{standing === "matched" ? "not claimed yet" : "nothing"}</span>;
  if (claimed.shareWei === 0n && claimed.bondWei === 0n) return <span className="muted">nothing</span>;
  return (
    <span className="cell-stack">
      <Amount value={claimed.shareWei + claimed.bondWei} />
      {claimed.bondWei > 0n ? (
        <span className="why">
          <Amount value={claimed.bondWei} /> of it bond
        </span>
      ) : null}
    </span>
  );
}
