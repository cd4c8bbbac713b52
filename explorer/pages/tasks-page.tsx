import { useId } from "react";
import { useSnapshot } from "../ledger/use-ledger.ts";
import { type Listing, sheetsOf } from "../listing/listing.ts";
import { useListing } from "../listing/use-listing.ts";
import { Empty, Failure, Loading } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Pager } from "../parts/pager.tsx";
import { ReadOlder } from "../parts/read-older.tsx";
import { TaskTable } from "../parts/task-table.tsx";
import { addressOf, type Route, type TaskFilter, taskFilters } from "../routing/route.ts";
import { goTo } from "../routing/use-route.ts";
import { grouped } from "../text/amount.ts";
import { counted } from "../text/size.ts";

type TasksRoute = Extract<Route, { page: "tasks" }>;

const filterNames: Readonly<Record<TaskFilter, string>> = {
  all: "All",
  live: "Live",
  accepted: "Accepted",
  void: "Void",
  dead: "Dead",
  "no-gate": "Open to anyone",
};

/** All tasks that are known: filtered, searched, the newest first. */
export function TasksPage({ route }: { route: TasksRoute }) {
  const { filter, sheet } = route;
  const listing = useListing({ filter, search: route.search.trim().toLowerCase(), sheet });
  const sheets = sheetsOf(listing?.total ?? 0);
  return (
    <>
      <PageHead title="Tasks" note={listing ? countOf(listing) : ""} isStatus />
      <Filters route={route} />
      {listing?.failure ? (
        <Failure error={listing.failure} title="The indexer gives no list; these are the tasks that this page read" />
      ) : null}
      {!listing ? (
        <Loading what="tasks" lines={8} />
      ) : listing.entries.length > 0 ? (
        <TaskTable entries={listing.entries} caption="Tasks, the newest first" />
      ) : (
        <NothingFound route={route} />
      )}
      <Pager sheet={Math.min(sheet, sheets)} sheets={sheets} addressOfSheet={(to) => addressOf({ ...route, sheet: to })} />
      {listing?.indexer ? <ListedBy indexer={listing.indexer} /> : <ReadOlder />}
    </>
  );
}

function countOf({ total, isMore }: Listing): string {
  return isMore ? `More than ${counted(total, "task")}; not all are listed` : counted(total, "task");
}

/** Says whose list it is, and how far it can be believed. */
function ListedBy({ indexer }: { indexer: NonNullable<Listing["indexer"]> }) {
  const { known } = useSnapshot();
  const behind = Math.max(0, Number(known?.head.number ?? 0n) - indexer.block);
  return (
    <p className="read-older">
      Listed by the indexer at {indexer.host}, up to block {grouped(String(indexer.block))}
      {behind > 0 ? `, ${counted(behind, "block")} behind the chain` : ""}. Ids were checked here; it could leave tasks out. A task&rsquo;s
      own page reads the chain.
    </p>
  );
}

function Filters({ route }: { route: TasksRoute }) {
  const id = useId();
  return (
    <div className="filters">
      <search>
        <form onSubmit={(event) => event.preventDefault()}>
          <label className="unseen" htmlFor={id}>
            Search tasks by id, job, output, submitter, gate or runner
          </label>
          <input
            id={id}
            type="search"
            value={route.search}
            placeholder="Task, job, output, submitter or runner: 0x…"
            spellCheck={false}
            autoComplete="off"
            maxLength={100}
            onChange={(event) => goTo({ ...route, search: event.target.value, sheet: 1 }, { replace: true })}
          />
        </form>
      </search>
      <nav className="chips" aria-label="Which tasks">
        {taskFilters.map((filter) => (
          <a key={filter} href={addressOf({ ...route, filter, sheet: 1 })} aria-current={filter === route.filter ? "true" : undefined}>
            {filterNames[filter]}
          </a>
        ))}
      </nav>
    </div>
  );
}

function NothingFound({ route }: { route: TasksRoute }) {
  const search = route.search.trim().toLowerCase();
  const isId = /^0x[0-9a-f]{64}$/.test(search);
  if (isId)
    return (
      <Empty title="Not among the tasks that were read">
        <p>
          <a href={addressOf({ page: "task", taskId: search as `0x${string}` })}>Ask the chain for it</a>
        </p>
      </Empty>
    );
  if (search !== "" || route.filter !== "all")
    return (
      <Empty title="No task is like that">
        <p>
          <a href={addressOf({ ...route, filter: "all", search: "", sheet: 1 })}>Show all tasks</a>
        </p>
      </Empty>
    );
  return (
    <Empty title="No tasks yet">
      <p>
        Post one from a terminal: <code>parity run job.json</code>
      </p>
    </Empty>
  );
}
