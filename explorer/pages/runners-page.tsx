import { maxStrikes } from "@parity-protocol/sdk";
import { useMemo, useState } from "react";
import { useNow, useSnapshot } from "../ledger/use-ledger.ts";
import { Amount } from "../parts/amount.tsx";
import { Hex } from "../parts/hex.tsx";
import { Empty, Loading } from "../parts/notice.tsx";
import { ReadOlder } from "../parts/read-older.tsx";
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
      <div className="page-head">
        <h1>Runners</h1>
        <p className="page-note" role="status">
          {known ? counted(runners.length, "runner") : ""}
        </p>
      </div>
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

function RunnerTable({ runners }: { runners: readonly RunnerRecord[] }) {
  return (
    <table className="table table-cards">
      <caption className="unseen">Runners, those that matched most often first</caption>
      <thead>
        <tr>
          <th scope="col">Runner</th>
          <th scope="col" className="number">
            Tasks
          </th>
          <th scope="col" className="number">
            Matched
          </th>
          <th scope="col" className="number">
            Mismatched
          </th>
          <th scope="col" className="number">
            Missed
          </th>
          <th scope="col" className="number">
            Earned
          </th>
          <th scope="col">Strikes by scope</th>
        </tr>
      </thead>
      <tbody>
        {runners.map((record) => (
          <tr key={record.identity}>
            <th scope="row">
              <Hex
                value={record.runner ?? record.identity}
                digits={6}
                link={addressOf({ page: "runner", identity: record.identity })}
                label="runner"
              />
            </th>
            <td data-name="Tasks" className="number">
              {record.tasks}
            </td>
            <td data-name="Matched" className="number">
              {record.matched}
            </td>
            <td data-name="Mismatched" className={record.mismatched > 0 ? "number bad" : "number"}>
              {record.mismatched}
            </td>
            <td data-name="Missed" className={record.missed > 0 ? "number bad" : "number"}>
              <span className="cell-stack">
                {record.missed}
                {record.copied > 0 ? <span className="why">{record.copied} copied</span> : null}
              </span>
            </td>
            <td data-name="Earned" className="number">
              <Amount value={record.earnedWei} />
            </td>
            <td data-name="Strikes">
              <Strikes record={record} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
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
