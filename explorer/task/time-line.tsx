import type { Phase } from "@parity-protocol/sdk";
import type { CSSProperties } from "react";
import type { Entry } from "../ledger/book.ts";
import { useNow } from "../ledger/use-ledger.ts";
import { Countdown } from "../parts/moment.tsx";
import { counted } from "../text/size.ts";
import { formatDuration, formatMoment } from "../text/time.ts";
import { type Mark, type Stage, stagesOf } from "./stages.ts";

/** The life of a task as a line of stages, each with its deadline; the one that runs counts down. */
export function TimeLine({ entry, phase }: { entry: Entry; phase: Phase }) {
  return (
    <ol className="time-line" aria-label="Phases of the task">
      {stagesOf(entry, phase).map((stage) => (
        <StageItem key={stage.name} stage={stage} />
      ))}
    </ol>
  );
}

function StageItem({ stage }: { stage: Stage }) {
  const now = useNow();
  const { name, from, until, standing, marks } = stage;
  const isEnd = until === undefined;
  return (
    <li
      className={`stage stage-${standing} ${isEnd ? `stage-end stage-${name.toLowerCase()}` : ""}`}
      aria-current={standing === "now" ? "step" : undefined}
    >
      <div className="stage-bar" aria-hidden="true">
        {isEnd ? <span className="stage-dot" /> : <span className="stage-done" style={widthOf(stage, now)} />}
        {isEnd ? null : marks.map((mark, i) => <span key={i} className={`mark mark-${mark.kind}`} style={placeOf(mark, stage)} />)}
      </div>
      <p className="stage-name">
        {name}
        <span className="unseen">, {{ over: "over", now: "now", ahead: "to come" }[standing]}</span>
      </p>
      <p className="stage-time">
        {standing === "now" && until !== undefined ? (
          <Countdown until={until} />
        ) : (
          <time dateTime={new Date(from * 1_000).toISOString()}>
            {standing === "ahead" && isEnd ? `by ${formatMoment(from)}` : formatMoment(from)}
          </time>
        )}
      </p>
      <p className="stage-note">{noteOf(stage)}</p>
    </li>
  );
}

function noteOf({ until, from, standing, marks }: Stage): string {
  if (until === undefined) return "";
  const counts = (["committed", "revealed"] as const).flatMap((kind) => {
    const count = marks.filter((mark) => mark.kind === kind).length;
    return count > 0 ? [`${count} ${kind}`] : [];
  });
  const length = until > from ? formatDuration(until - from) : "";
  return [...counts, standing === "ahead" && length ? `for ${length}` : length].filter(Boolean).join(" · ") || counted(0, "event");
}

function widthOf({ standing, from, until = from }: Stage, now: number): CSSProperties {
  if (standing === "ahead") return { inlineSize: "0%" };
  if (standing === "over") return { inlineSize: "100%" };
  return { inlineSize: `${percent(now, from, until)}%` };
}

function placeOf({ at }: Mark, { from, until = from }: Stage): CSSProperties {
  return { insetInlineStart: `${percent(at, from, until)}%` };
}

function percent(at: number, from: number, until: number): number {
  return until <= from ? 100 : Math.min(100, Math.max(0, ((at - from) / (until - from)) * 100));
}
