import { maxStrikes } from "@parity-protocol/sdk";
import { useMemo, useState } from "react";
import { useNow, useSnapshot } from "../ledger/use-ledger.ts";
import { Amount } from "../parts/amount.tsx";
import { Hex } from "../parts/hex.tsx";
import { Empty, Loading } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { ReadOlder } from "../parts/read-older.tsx";
import { Table } from "../parts/table.tsx";
import { addressOf } from "../routing/route.ts";
import { type RunnerRecord, runnersOf } from "../statistics/runners.ts";
import { counted } from "../text/size.ts";

const SHEET_RUNNERS = 50;
/** Standings change with deadlines: looked at so often, in seconds. */
const PACE_SECONDS = 10;

/** Who answers, how well, and for how much. */
export function RunnersPage() {
  const { book, known } = useSnapshot();
  const now = useNow();
  const at = now - (now % PACE_SECONDS);
  const runners = useMemo(() => runnersOf(book.entries, at), [book, at]);
  const [shown, setShown] = useState(SHEET_RUNNERS);
  return (
    <>
      <PageHead title="Runners" note={known ? counted(runners.length, "runner") : ""} isStatus />
      {!known ? (
        <Loading what="runners" lines={8} />
      ) : runners.length > 0 ? (
        <RunnerTable runners={runners.slice(0, shown)} />
      ) : (
        <Empty title="No runner has taken a slot yet" />
      )}
      {runners.length > shown ? (
        <button type="button" className="button" onClick={() => setShown(shown + SHEET_RUNNERS)}>
          Show more
        </button>
      ) : null}
      <ReadOlder />
    </>
  );
}

const columns = [
  "Runner",
  { number: "Tasks" },
  { number: "Matched" },
  { number: "Mismatched" },
  { number: "Missed" },
  { number: "Earned" },
  "Strikes by scope",
] as const;

function RunnerTable({ runners }: { runners: readonly RunnerRecord[] }) {
  return (
    <Table caption="Runners, those that matched most often first" columns={columns}>
      {runners.map((record) => (
        <RunnerRow key={record.identity} record={record} />
      ))}
    </Table>
  );
}

function RunnerRow({ record }: { record: RunnerRecord }) {
  const { runner, identity, copied } = record;
  return (
    <tr>
      <th scope="row">
        <Hex value={runner ?? identity} digits={6} link={addressOf({ page: "runner", identity })} label="runner" />
      </th>
      <Count name="Tasks" value={record.tasks} />
      <Count name="Matched" value={record.matched} />
      <Count name="Mismatched" value={record.mismatched} isFault />
      <Count name="Missed" value={record.missed} isFault {...(copied > 0 ? { why: `${copied} copied` } : {})} />
      <td data-name="Earned" className="number">
        <Amount value={record.earnedWei} />
      </td>
      <td data-name="Strikes">
        <Strikes record={record} />
      </td>
    </tr>
  );
}

function Count({ name, value, isFault = false, why }: { name: string; value: number; isFault?: boolean; why?: string }) {
  return (
    <td data-name={name} className={isFault && value > 0 ? "number bad" : "number"}>
      <span className="cell-stack">
        {value}
        {why ? <span className="why">{why}</span> : null}
      </span>
    </td>
  );
}

/** Strikes count in their scope only: a gate, or a submitter whose tasks have none. */
export function Strikes({ record }: { record: RunnerRecord }) {
  if (record.strikes.size === 0) return <span className="muted">none</span>;
  return (
    <ul className="strikes">
      {[...record.strikes].map(([scope, count]) => (
        <li key={scope}>
          <span className={`badge badge-${count >= maxStrikes ? "bad" : "wait"}`}>
            {count} of {maxStrikes}
          </span>
          <Hex value={scope} label="scope" />
        </li>
      ))}
    </ul>
  );
}
