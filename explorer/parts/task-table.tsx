import { nextPhaseChange, type Phase, zeroAddress } from "@parity-protocol/sdk";
import { type Entry, phaseAt } from "../ledger/book.ts";
import { useNow } from "../ledger/use-ledger.ts";
import { addressOf } from "../routing/route.ts";
import { Amount } from "./amount.tsx";
import { NoGateBadge, PhaseBadge } from "./badges.tsx";
import { Hex } from "./hex.tsx";
import { Ago, Countdown } from "./moment.tsx";
import { Table } from "./table.tsx";

const columns = ["Task", "Phase", "Agreement", { number: "Bounty" }, "Submitter", "Job", "Posted"] as const;

/** A list of tasks. */
export function TaskTable({ entries, caption }: { entries: readonly Entry[]; caption: string }) {
  return (
    <Table caption={caption} columns={columns}>
      {entries.map((entry) => (
        <TaskRow key={entry.task.taskId} entry={entry} />
      ))}
    </Table>
  );
}

function TaskRow({ entry }: { entry: Entry }) {
  const now = useNow();
  const phase = phaseAt(entry, now);
  const { task, postedAt } = entry;
  return (
    <tr>
      <th scope="row">
        <Hex value={task.taskId} digits={6} link={addressOf({ page: "task", taskId: task.taskId })} label="task" />
      </th>
      <td data-name="Phase">
        <span className="cell-stack">
          <span className="badges">
            <PhaseBadge phase={phase} />
            {task.terms.gate === zeroAddress ? <NoGateBadge /> : null}
          </span>
          <PhaseEnd entry={entry} now={now} />
        </span>
      </td>
      <td data-name="Agreement">
        <Agreement entry={entry} phase={phase} />
      </td>
      <td data-name="Bounty" className="number">
        <Amount value={task.terms.bountyWei} />
      </td>
      <td data-name="Submitter" className="not-on-phones">
        <Hex value={task.submitter} label="submitter" />
      </td>
      <td data-name="Job" className="not-on-phones">
        <Hex value={task.terms.jobHash} label="job hash" />
      </td>
      <td data-name="Posted">
        <Ago at={postedAt} />
      </td>
    </tr>
  );
}

function PhaseEnd({ entry, now }: { entry: Entry; now: number }) {
  const change = nextPhaseChange(entry.state, now);
  return change ? <Countdown until={change.at} /> : null;
}

/** Shows the slots as dots: who agrees, who does not, who is still to come; and the quorum in words. */
function Agreement({ entry, phase }: { entry: Entry; phase: Phase }) {
  const { state } = entry;
  const kinds = [...Array(state.slots).keys()].map((i) => kindOf(i, entry, phase));
  return (
    <span className="agreement">
      <span className="dots" aria-hidden="true">
        {kinds.map((kind, i) => (
          <span key={i} className={`dot dot-${kind}`} />
        ))}
      </span>
      <span>
        {state.leadingVotes > 0 ? `${state.leadingVotes} of ${state.slots}` : `${state.committed} of ${state.slots} committed`}
        <span className="muted"> · {state.quorum} needed</span>
      </span>
    </span>
  );
}

type Dot = "match" | "other" | "revealed" | "missed" | "committed" | "free";

/** Nobody's answer is right or wrong before a quorum formed; where none did in the end, nobody's is right. */
function kindOf(index: number, { state, result, members }: Entry, phase: Phase): Dot {
  const revealed = members.filter(({ opening }) => opening).length;
  if (result.isDecided && index < state.leadingVotes) return "match";
  if (index < revealed) return result.isDecided || phase === "VOID" ? "other" : "revealed";
  if (index >= state.committed) return "free";
  return phase === "ACCEPTED" || phase === "VOID" ? "missed" : "committed";
}
