import type { ParityError } from "@parity-protocol/sdk";

/** Longest line of a progress stream that is kept; the rest of a longer one is dropped. */
const maxLineBytes = 1024 * 1024;

/** One message of the JSON stream in which the engine reports on loads and builds. */
export interface Progress {
  stream?: string;
  error?: string;
  aux?: { ID?: string };
}

/**
 * Reads a progress stream to its end. The engine answers 200 first and puts a failure into the stream, so every message counts.
 * @throws what `fail` makes of the engine's error message
 */
export async function readProgress(
  source: AsyncIterable<Uint8Array | string>,
  fail: (message: string) => ParityError,
  onMessage: (message: Progress) => void = () => {},
): Promise<void> {
  let failure: string | undefined;
  for await (const line of linesOf(source)) {
    const message = parseLine(line);
    failure ??= message.error;
    onMessage(message);
  }
  if (failure !== undefined) throw fail(failure.trim());
}

async function* linesOf(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of source) {
    rest += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = (lines.pop() ?? "").slice(0, maxLineBytes);
    yield* lines;
  }
  yield rest;
}

function parseLine(line: string): Progress {
  if (line.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return { error: `the engine's answer is not JSON: ${line.slice(0, 200)}` }; // a proxy's error page, or a cut stream
  }
}
