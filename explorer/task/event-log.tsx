import type { TaskEvent } from "@parity-protocol/sdk";
import type { Entry } from "../ledger/book.ts";
import { Hex } from "../parts/hex.tsx";
import { Table } from "../parts/table.tsx";
import { grouped } from "../text/amount.ts";
import { formatMoment } from "../text/time.ts";

const words: Readonly<Record<TaskEvent["name"], string>> = {
  TaskPosted: "Posted",
  SlotReserved: "Slot reserved",
  ResultCommitted: "Committed",
  ResultRevealed: "Revealed",
  TaskDecided: "Decided",
  PayoutClaimed: "Claimed",
  BountyReclaimed: "Reclaimed",
  StrikeRecorded: "Strike",
  StrikesCleared: "Strikes cleared",
  StepSkipped: "Step refused",
};

/** Everything that the chain recorded of a task, for whoever wants to check it there. */
export function EventLog({ entry }: { entry: Entry }) {
  const slots = new Map(entry.members.map(({ identity, slot }) => [identity, slot]));
  return (
    <details>
      <summary>All {entry.events.length} events on the chain</summary>
      <Table caption="Events of this task in the chain's order" columns={["Event", "Slot", "Time", "Block", "Transaction"]}>
        {entry.events.map((event) => (
          <tr key={`${event.blockNumber}-${event.logIndex}`}>
            <th scope="row">{words[event.name]}</th>
            <td data-name="Slot">{"identity" in event.args ? (slots.get(event.args.identity) ?? "") : ""}</td>
            <td data-name="Time">{formatMoment(event.blockTime ?? 0)}</td>
            <td data-name="Block">{grouped(event.blockNumber.toString())}</td>
            <td data-name="Transaction">
              <Hex value={event.transactionHash} label="transaction" />
            </td>
          </tr>
        ))}
      </Table>
    </details>
  );
}
