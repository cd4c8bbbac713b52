import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { formatUnits } from "viem";
import { Chart, Legend, type Series } from "../charts/chart.tsx";
import type { Entry } from "../ledger/book.ts";
import { useNow, useOpened, useSnapshot } from "../ledger/use-ledger.ts";
import { Amount } from "../parts/amount.tsx";
import { Figure, Section } from "../parts/facts.tsx";
import { Empty, Failure, Loading } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { ReadOlder } from "../parts/read-older.tsx";
import { agreementsOf, type Day, daysOf } from "../statistics/days.ts";
import { gasSample, readGas } from "../statistics/gas.ts";
import { runnersOf } from "../statistics/runners.ts";
import { grouped, unitOf } from "../text/amount.ts";
import { counted } from "../text/size.ts";

/** Charts are drawn anew so often, in seconds. */
const PACE_SECONDS = 30;

/** The network in numbers, of the tasks that were read. */
export function NetworkPage() {
  const { book, known } = useSnapshot();
  const now = useNow();
  const at = now - (now % PACE_SECONDS);
  if (!known || at === 0) return <Loading what="the network" lines={8} />;
  if (book.entries.length === 0)
    return (
      <Empty isPage title="No tasks yet">
        There is nothing to count.
      </Empty>
    );
  return <Numbers entries={book.entries} now={at} />;
}

function Numbers({ entries, now }: { entries: readonly Entry[]; now: number }) {
  const days = useMemo(() => daysOf(entries, now), [entries, now]);
  const paid = days.reduce((total, { paidWei }) => total + paidWei, 0n);
  const closed = days.reduce((total, day) => total + day.accepted + day.failed, 0);
  const accepted = days.reduce((total, day) => total + day.accepted, 0);
  return (
    <>
      <PageHead title="Network" note={`Counted in your browser from ${counted(entries.length, "task")}; days are in UTC`} />
      <dl className="figures">
        <Figure name="Tasks" value={grouped(String(entries.length))} />
        <Figure
          name="Accepted"
          value={closed > 0 ? `${Math.round((accepted / closed) * 100)} %` : "–"}
          note={`${accepted} of ${closed} closed`}
        />
        <Figure name="Paid to runners" value={<Amount value={paid} />} />
        <Figure name="Runners" value={runnersOf(entries, now).length} />
      </dl>
      <ReadOlder />
      <TasksADay days={days} />
      <PaidADay days={days} />
      <Agreements entries={entries} now={now} />
      <Gas entries={entries} now={now} />
    </>
  );
}

function TasksADay({ days }: { days: readonly Day[] }) {
  const labels = useMemo(() => days.map(nameOf), [days]);
  const series = useMemo<Series[]>(
    () => [
      { name: "Accepted", tone: "good", values: days.map(({ accepted }) => accepted) },
      { name: "Void or dead", tone: "bad", values: days.map(({ failed }) => failed) },
      { name: "Live", tone: "wait", values: days.map(({ live }) => live) },
    ],
    [days],
  );
  return (
    <Section title="Tasks a day" id="tasks-a-day" aside={<Legend series={series} />}>
      <Chart summary={`Tasks posted on each of ${counted(days.length, "day")}, by how they ended`} labels={labels} series={series} />
    </Section>
  );
}

function PaidADay({ days }: { days: readonly Day[] }) {
  const { asset } = useOpened();
  const labels = useMemo(() => days.map(nameOf), [days]);
  const series = useMemo<Series[]>(
    () => [{ name: unitOf(asset), tone: "accent", values: days.map(({ paidWei }) => Number(formatUnits(paidWei, asset.decimals))) }],
    [days, asset],
  );
  return (
    <Section title={`Paid a day, ${unitOf(asset)}`} id="paid-a-day">
      <Chart summary={`Bounties paid to runners on each of ${counted(days.length, "day")}`} labels={labels} series={series} />
    </Section>
  );
}

function Agreements({ entries, now }: { entries: readonly Entry[]; now: number }) {
  const agreements = useMemo(() => agreementsOf(entries, now), [entries, now]);
  const labels = useMemo(() => agreements.map(({ name }) => name), [agreements]);
  const series = useMemo<Series[]>(
    () => [{ name: "Closed tasks", tone: "accent", values: agreements.map(({ tasks }) => tasks) }],
    [agreements],
  );
  return (
    <Section title="Agreement" id="agreement">
      <Chart summary="Closed tasks by how many runners revealed something else than the result" labels={labels} series={series} />
    </Section>
  );
}

function Gas({ entries, now }: { entries: readonly Entry[]; now: number }) {
  const { client, network } = useOpened();
  const sample = useMemo(() => gasSample(entries, now), [entries, now]);
  const gas = useQuery({
    queryKey: ["gas", network.chainId, network.escrow, sample.map(({ task, events }) => [task.taskId, events.length])],
    queryFn: () => readGas(client, { sample, all: entries }),
    enabled: sample.length > 0,
    placeholderData: (previous) => previous,
  });
  return (
    <Section title="Gas" id="gas">
      {sample.length === 0 ? <p className="muted">No task has closed yet.</p> : null}
      {gas.isLoading ? <Loading what="receipts" lines={2} /> : null}
      {gas.isError ? <Failure error={gas.error} title="Receipts could not be read" retry={() => void gas.refetch()} /> : null}
      {gas.data ? (
        <>
          <dl className="figures">
            <Figure
              name="A result, all in"
              value={gas.data.gasPerResult === undefined ? "–" : rounded(gas.data.gasPerResult)}
              note="reserve, commit, reveal and claim"
            />
            {gas.data.byVerb.map(({ verb, gas: used, steps }) => (
              <Figure key={verb} name={verb} value={rounded(used)} note={counted(steps, "step")} />
            ))}
          </dl>
          <p className="muted">
            Averages over the latest {counted(gas.data.sampledTasks, "closed task")}; a batch counts equally for each of its steps.
          </p>
        </>
      ) : null}
    </Section>
  );
}

function rounded(gas: number): string {
  return grouped(String(Math.round(gas)));
}

function nameOf({ at }: Day): string {
  return new Date(at * 1_000).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
}
