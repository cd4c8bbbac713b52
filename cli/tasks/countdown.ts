import { isTerminal, nextPhaseChange, type Phase, type TaskState } from "@parity-protocol/sdk";
import type { Printer } from "../terminal/printer.ts";
import { formatDuration } from "../units/duration.ts";

const TICK_MS = 1_000;

const waitingFor: Readonly<Partial<Record<Phase, string>>> = {
  OPEN: "Runners take slots, run the job and commit",
  SEALED: "Commitments are final; reveals begin soon",
  REVEALING: "Runners reveal their answers",
};

/** Shows on a terminal what a task waits for and how long that can last. */
export interface Countdown {
  show: (phase: Phase, state: TaskState) => void;
  end: () => void;
}

/** Starts a countdown; it shows nothing before it is told a phase. */
export function startCountdown(printer: Printer): Countdown {
  let text: () => string | undefined = () => undefined;
  const tick = () => {
    const line = text();
    if (line) printer.progress(line);
  };
  const timer = setInterval(tick, TICK_MS);
  timer.unref();
  return {
    show: (phase, state) => {
      text = () => lineOf(phase, state);
      tick();
    },
    end: () => clearInterval(timer),
  };
}

function lineOf(phase: Phase, state: TaskState): string | undefined {
  if (isTerminal(phase)) return undefined;
  const now = Math.floor(Date.now() / 1_000);
  const endsAt = nextPhaseChange(state, now)?.at;
  const left = endsAt === undefined ? "" : `, at most ${formatDuration(endsAt - now)} more`;
  return `${waitingFor[phase] ?? phase}${left}…`;
}
