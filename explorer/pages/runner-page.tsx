import type { Hex as HexText } from "@parity-protocol/sdk";
import { useState } from "react";
import { useNow, useOpened, useSnapshot } from "../ledger/use-ledger.ts";
import { Amount } from "../parts/amount.tsx";
import { Facts, Figure, Section } from "../parts/facts.tsx";
import { Hex, WholeHex } from "../parts/hex.tsx";
import { Empty, Loading } from "../parts/notice.tsx";
import { ReadOlder } from "../parts/read-older.tsx";
import { TaskTable } from "../parts/task-table.tsx";
import { addressOf } from "../routing/route.ts";
import { runnersOf } from "../statistics/runners.ts";
import { Strikes } from "./runners-page.tsx";

const SHEET_TASKS = 25;

/** One runner and its tasks. */
export function RunnerPage({ identity }: { identity: HexText }) {
  const { network } = useOpened();
  const { book, known } = useSnapshot();
  const now = useNow();
  const [shown, setShown] = useState(SHEET_TASKS);
  if (!known) return <Loading what="the runner" lines={6} />;
  const entries = book.entries.filter(({ members }) => members.some((member) => member.identity === identity));
  const [record] = runnersOf(entries, now).filter((one) => one.identity === identity);
  const everyTask = network.indexerUrl ? (
    <a href={addressOf({ page: "tasks", filter: "all", search: identity, sheet: 1 })}>All its tasks, as the indexer lists them</a>
  ) : null;
  if (!record)
    return (
      <Empty isPage title="This runner took no slot in the tasks that were read">
        {everyTask ? <p>{everyTask}</p> : null}
        <ReadOlder />
      </Empty>
    );
  return (
    <>
      <div className="task-head">
        <p className="crumb">
          <a href={addressOf({ page: "runners" })}>Runners</a>
        </p>
        <h1>
          Runner <Hex value={record.runner ?? identity} digits={8} label="runner" />
        </h1>
      </div>
      <dl className="figures">
        <Figure name="Matched" value={`${record.matched} of ${record.tasks}`} />
        <Figure name="Mismatched" value={record.mismatched} />
        <Figure name="Missed" value={record.missed} note={record.copied > 0 ? `${record.copied} with a copied commitment` : undefined} />
        <Figure name="Earned" value={<Amount value={record.earnedWei} />} />
      </dl>
      <Section title="Who it is" id="who">
        <Facts
          items={[
            ["Identity", <WholeHex key="identity" value={identity} label="identity" />],
            ["Strikes", <Strikes key="strikes" record={record} />],
          ]}
        />
      </Section>
      <Section title="Its tasks" id="tasks" aside={everyTask}>
        <TaskTable entries={entries.slice(0, shown)} caption="Tasks of this runner, the newest first" />
        {entries.length > shown ? (
          <button type="button" className="button" onClick={() => setShown(shown + SHEET_TASKS)}>
            Show more
          </button>
        ) : null}
      </Section>
      <ReadOlder />
    </>
  );
}
