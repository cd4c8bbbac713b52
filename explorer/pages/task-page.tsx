import { getTask, getTaskEvents, type Hex as HexText, isDecided, isParityError, type Phase, zeroAddress } from "@parity-protocol/sdk";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Entry, entryOf, phaseAt } from "../ledger/book.ts";
import { withTimes } from "../ledger/read-range.ts";
import { useNow, useOpened, useSnapshot } from "../ledger/use-ledger.ts";
import { OutputSection } from "../output/output-section.tsx";
import { StderrNotes } from "../output/stderr-notes.tsx";
import { NoGateBadge, PhaseBadge, phaseMeanings } from "../parts/badges.tsx";
import { Facts, Section } from "../parts/facts.tsx";
import { Fingerprint } from "../parts/fingerprint.tsx";
import { ForeignText } from "../parts/foreign-text.tsx";
import { Command, Hex, WholeHex } from "../parts/hex.tsx";
import { Empty, Failure, Loading, Notice } from "../parts/notice.tsx";
import { addressOf, allTasks } from "../routing/route.ts";
import { Committee } from "../task/committee.tsx";
import { EventLog } from "../task/event-log.tsx";
import { JobSection } from "../task/job-section.tsx";
import { askedSources, sourcesOf } from "../task/sources.ts";
import { TimeLine } from "../task/time-line.tsx";
import { formatAmount } from "../text/amount.ts";
import { formatDuration } from "../text/time.ts";
import { Reclaim } from "../wallet/reclaim.tsx";

/** One task: from what the page has read, else asked for by its id alone. */
export function TaskPage({ taskId }: { taskId: HexText }) {
  const { client, network } = useOpened();
  const { book, known } = useSnapshot();
  const entry = book.byId.get(taskId);
  const asked = useQuery({
    queryKey: ["task", network.chainId, network.escrow, taskId, known?.head.hash],
    queryFn: async ({ signal }) => {
      const place = { escrow: network.escrow, taskId, signal };
      const task = await getTask(client, { ...place, fromBlock: BigInt(network.deployedAtBlock) });
      const events = await getTaskEvents(client, { ...place, fromBlock: task.blockNumber });
      return entryOf(task, await withTimes({ client, signal }, events));
    },
    enabled: entry === undefined && known !== undefined,
    placeholderData: (previous) => previous,
  });
  const shown = entry ?? asked.data;
  if (shown) return <TaskDetails entry={shown} />;
  if (asked.isError && isParityError(asked.error, "TASK_UNKNOWN")) return <UnknownTask taskId={taskId} />;
  if (asked.isError) return <Failure error={asked.error} title="The task could not be read" retry={() => void asked.refetch()} />;
  return <Loading what="the task" lines={10} />;
}

function UnknownTask({ taskId }: { taskId: HexText }) {
  return (
    <Empty isPage title="This escrow has no such task">
      <p>
        <WholeHex value={taskId} label="task id" />
      </p>
      <p>A task of another chain or escrow is not shown here; one that was just posted may take a moment.</p>
      <p>
        <a href={addressOf(allTasks)}>All tasks</a>
      </p>
    </Empty>
  );
}

function TaskDetails({ entry }: { entry: Entry }) {
  const opened = useOpened();
  const phase = phaseAt(entry, useNow());
  const [isForeignAllowed, allowForeign] = useState(false);
  const { task, result, state } = entry;
  const known = sourcesOf(opened, task.location);
  const sources = askedSources(known, isForeignAllowed);
  const ask = known.foreign.length > 0 && !isForeignAllowed ? <AskForeign urls={known.foreign} onAllow={() => allowForeign(true)} /> : null;
  return (
    <>
      <TaskHead entry={entry} phase={phase} />
      <TimeLine entry={entry} phase={phase} />
      <Section title="Who answered what" id="committee">
        <Committee entry={entry} phase={phase} />
      </Section>
      <Section title="Check it yourself" id="verify">
        <Command text={`parity verify ${task.taskId}`}>
          <p>
            {isDecided(state)
              ? "Re-runs the job on your machine and compares the hash. It costs nothing and trusts nobody."
              : "Once it is decided, this re-runs the job on your machine and compares the hash."}
          </p>
        </Command>
      </Section>
      {ask}
      {result.isDecided ? (
        <Section title="Output" id="output">
          <OutputSection outputHash={result.outputHash} sources={sources} />
          <StderrNotes taskId={task.taskId} members={entry.members} sources={sources} />
        </Section>
      ) : null}
      <Section title="Job" id="job">
        <JobSection jobHash={task.terms.jobHash} sources={sources} />
        <p>
          <a className="button" href={addressOf({ page: "post", jobHash: task.terms.jobHash })}>
            Post this job again
          </a>
        </p>
      </Section>
      <Section title="Terms" id="terms">
        <Terms entry={entry} />
        <Reclaim entry={entry} phase={phase} />
      </Section>
      <Section title="On the chain" id="events">
        <EventLog entry={entry} />
      </Section>
    </>
  );
}

function TaskHead({ entry, phase }: { entry: Entry; phase: Phase }) {
  const { task, result, state } = entry;
  const isOpenToAnyone = task.terms.gate === zeroAddress;
  return (
    <div className="task-head">
      <p className="crumb">
        <a href={addressOf(allTasks)}>Tasks</a>
      </p>
      <h1>
        Task <Hex value={task.taskId} digits={8} label="task id" />
      </h1>
      <div className="badges">
        <PhaseBadge phase={phase} />
        {isOpenToAnyone ? <NoGateBadge /> : null}
        <span className="muted">{phaseMeanings[phase]}</span>
      </div>
      {result.isDecided ? (
        <p className="result">
          <Fingerprint hash={result.outputHash} />
          <span>
            <strong>
              {state.leadingVotes} of {state.slots}
            </strong>{" "}
            revealed the same, {state.quorum} were needed: <Hex value={result.outputHash} digits={8} label="output hash" />
          </span>
        </p>
      ) : null}
      {isOpenToAnyone ? (
        <Notice tone="wait" title="Open to anyone: the result says nothing about who agreed">
          <p>
            Without a gate, whoever fills a quorum of slots with fresh addresses decides the result. Verify it yourself before you use it.
          </p>
        </Notice>
      ) : null}
    </div>
  );
}

function AskForeign({ urls, onAllow }: { urls: readonly string[]; onAllow: () => void }) {
  return (
    <Notice tone="plain" title="The submitter names other stores">
      <p>
        <ForeignText text={urls.join("  ")} />
      </p>
      <p>Asking them shows your address to whoever runs them. What they serve is hashed here as everything else.</p>
      <p>
        <button type="button" className="button button-small" onClick={onAllow}>
          Ask them too
        </button>
      </p>
    </Notice>
  );
}

function Terms({ entry }: { entry: Entry }) {
  const { asset } = useOpened();
  const { task } = entry;
  const { terms } = task;
  return (
    <Facts
      items={[
        ["Bounty", `${formatAmount(terms.bountyWei, asset)}, shared by those who match`],
        ["Bond", terms.bondWei > 0n ? `${formatAmount(terms.bondWei, asset)} a slot, returned to every revealer` : "none"],
        ["Agreement", `${terms.quorum} of ${terms.slots} slots`],
        ["Submitter", <Hex key="submitter" value={task.submitter} digits={6} label="submitter" />],
        ["Gate", terms.gate === zeroAddress ? "none: open to anyone" : <Hex key="gate" value={terms.gate} digits={6} label="gate" />],
        ["Reveal delay", formatDuration(terms.revealDelaySeconds)],
        ["Reveal window", formatDuration(terms.revealWindowSeconds)],
        ["Location", task.location === "" ? "none" : <ForeignText key="location" text={task.location} />],
      ]}
    />
  );
}
