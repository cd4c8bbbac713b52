import type { ParityError } from "@parity-protocol/sdk";
import { type Paint, paintFor } from "./colour.ts";
import { safeJson, safeText } from "./safe-text.ts";

/** What one line of `--json` says. Wei are bigints here and decimal strings in print. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** The only way that the program speaks: lines for people, or one JSON value a line. */
export interface Printer {
  readonly isJson: boolean;
  readonly paint: Paint;
  /** Prints an answer on stdout. `lines` must have been made safe where they show what others wrote. */
  result(record: JsonRecord, lines: readonly string[]): void;
  /** Prints a step on the way: a JSON line on stdout, or a line for people on stderr. */
  step(record: JsonRecord, line: string): void;
  /** Shows what is going on right now, on a terminal only; the next line replaces it. */
  progress(line: string): void;
  /** Prints a warning on stderr. */
  warn(text: string): void;
  /** Prints an error on stderr. */
  failure(error: ParityError): void;
}

interface Streams {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/** Makes a printer for people, or with `isJson` one for programs. */
export function createPrinter(isJson: boolean, streams: Streams = process): Printer {
  return isJson ? jsonPrinter(streams) : peoplePrinter(streams);
}

function jsonPrinter({ stdout, stderr }: Streams): Printer {
  const write = (stream: NodeJS.WriteStream, value: unknown) => void stream.write(`${safeJson(value)}\n`);
  return {
    isJson: true,
    paint: (_tone, text) => text,
    result: (record) => write(stdout, record),
    step: (record) => write(stdout, record),
    progress: () => {},
    warn: (text) => write(stderr, { warning: text }),
    failure: (error) => write(stderr, { error }),
  };
}

function peoplePrinter({ stdout, stderr }: Streams): Printer {
  const paint = paintFor(stderr);
  let hasProgress = false;
  const clear = () => {
    if (hasProgress) stderr.write("\r\u001b[2K");
    hasProgress = false;
  };
  const write = (stream: NodeJS.WriteStream, lines: readonly string[]) => {
    clear();
    if (lines.length > 0) stream.write(`${lines.join("\n")}\n`);
  };
  return {
    isJson: false,
    paint: paintFor(stdout),
    result: (_record, lines) => write(stdout, lines),
    step: (_record, line) => write(stderr, [line]),
    progress: (line) => {
      if (!stderr.isTTY) return;
      clear();
      stderr.write(line.slice(0, Math.max(20, (stderr.columns || 80) - 1)));
      hasProgress = true;
    },
    warn: (text) => write(stderr, [`${paint("warning", "warning:")} ${safeText(text)}`]),
    failure: (error) => write(stderr, failureLines(error, paint)),
  };
}

function failureLines(error: ParityError, paint: Paint): string[] {
  const [first = "", ...rest] = error.message.split("\n");
  return [
    `${paint("bad", "error:")} ${safeText(first)} ${paint("faint", `[${error.code}]`)}`,
    ...rest.map((line) => `       ${safeText(line)}`),
    `${paint("accent", "hint:")}  ${safeText(error.hint)}`,
  ];
}
