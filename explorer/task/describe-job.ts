import { type JobSpec, jobBounds } from "@parity-protocol/sdk";
import { counted, formatSize } from "../text/size.ts";
import { formatDuration } from "../text/time.ts";

/** A job spec in sentences. What the submitter wrote (the command, names) is not in them: it is shown apart, as foreign text. */
export function describeJob({ image, limits, input, determinism, expect }: JobSpec): string[] {
  const inputBytes = input.reduce((total, { bytes }) => total + bytes, 0);
  return [
    `Runs in a fresh container without network, from an image of ${formatSize(image.bytes)} for ${image.platform}.`,
    input.length === 0
      ? "It gets no input files."
      : `It reads ${counted(input.length, "input file")} of ${formatSize(inputBytes)} in all, mounted read-only at /input.`,
    `It may use ${counted(limits.cpus, "CPU")}, ${formatSize(limits.memoryBytes)} of memory and ${counted(limits.pids, "process", "processes")}, for at most ${formatDuration(limits.timeoutSeconds)}; and write ${formatSize(limits.outputBytes)} of output.`,
    determinism.level === "strict@1"
      ? "It runs in virtual time, with seeded randomness, one thread at a time (strict@1)."
      : "It runs with a fixed environment; clock and randomness are the machine's own (standard@1).",
    `It is expected to exit with ${expect.exitCode}.`,
  ];
}

/** No spec is larger. */
export const specBytes = jobBounds.specBytes;
