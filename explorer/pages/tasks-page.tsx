import { addressOfIdentity, isTerminal, type Phase, zeroAddress } from "@parity-protocol/sdk";
import { useId } from "react";
import { type Entry, phaseAt } from "../ledger/book.ts";
import { useNow, useSnapshot } from "../ledger/use-ledger.ts";
import { Empty, Loading } from "../parts/notice.tsx";
import { Pager } from "../parts/pager.tsx";
import { ReadOlder } from "../parts/read-older.tsx";
import { TaskTable } from "../parts/task-table.tsx";
import { addressOf, type Route, type TaskFilter, taskFilters } from "../routing/route.ts";
import { goTo } from "../routing/use-route.ts";
import { counted } from "../text/size.ts";

type TasksRoute = Extract<Route, { page: "tasks" }>;

const SHEET_TASKS = 25;

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
  const { book, known } = useSnapshot();
  const now = useNow();
  const search = route.search.trim().toLowerCase();
  const found = book.entries.filter((entry) => isShown(entry, route.filter, phaseAt(entry, now)) && isFound(entry, search));
  const sheets = Math.max(1, Math.ceil(found.length / SHEET_TASKS));
  const sheet = Math.min(route.sheet, sheets);
  const shown = found.slice((sheet - 1) * SHEET_TASKS, sheet * SHEET_TASKS);
  return (
    <>
      <div className="page-head">
        <h1>Tasks</h1>
        <p className="page-note" role="status">
          {known ? counted(found.length, "task") : ""}
        </p>
      </div>
      <Filters route={route} />
      {!known ? (
        <Loading what="tasks" lines={8} />
      ) : shown.length > 0 ? (
        <TaskTable entries={shown} caption="Tasks, the newest first" />
      ) : (
        <NothingFound route={route} />
      )}
      <Pager sheet={sheet} sheets={sheets} addressOfSheet={(to) => addressOf({ ...route, sheet: to })} />
      <ReadOlder />
    </>
  );
}

function isShown(entry: Entry, filter: TaskFilter, phase: Phase): boolean {
  switch (filter) {
    case "all":
      return true;
    case "live":
      return !isTerminal(phase);
    case "accepted":
    case "void":
    case "dead":
      return phase === filter.toUpperCase();
    case "no-gate":
      return entry.task.terms.gate === zeroAddress;
  }
}

/** Finds a task by the beginning of its id, of its job's, its submitter's or its gate's, or of a runner's. */
function isFound({ task, members, result }: Entry, search: string): boolean {
  if (search === "") return true;
  const runners = members.flatMap(({ identity, runner }) => [identity, runner ?? addressOfIdentity(identity) ?? identity]);
  const names = [task.taskId, task.terms.jobHash, task.submitter, task.terms.gate, result.outputHash, ...runners];
  return names.some((name) => name.toLowerCase().startsWith(search.startsWith("0x") ? search : `0x${search}`));
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
