import type { Answer, Showing } from "./play-example.ts";
import { RUNNERS } from "./stage.ts";

/** Says what an example's showing fell short of; nothing where all is as it should be. */
export function faultsOf({ example, answer, verified, garbled, expectedExitCode }: Showing): string[] {
  const outputHash = answer.accepted?.outputHash;
  const faults = [...faultsOfAnswer("the answer", answer)];
  if (exitCodeOf(answer) !== expectedExitCode) faults.push(`exit code ${exitCodeOf(answer)} instead of ${expectedExitCode}`);
  if (verified?.outputHash !== outputHash) faults.push("verify got another output");
  if (example.expected && example.expected !== outputHash) faults.push(`the output is not the expected ${example.expected}`);
  faults.push(...faultsOfAnswer("the answer to garbage", garbled));
  if (exitCodeOf(garbled) === 0) faults.push("garbage was taken for input");
  return faults;
}

/** The exit code of an accepted output; undefined where there is none, or the job was ended from outside. */
export function exitCodeOf({ accepted }: Answer): number | undefined {
  return accepted?.manifest.outcome === "exited" ? accepted.manifest.exitCode : undefined;
}

function faultsOfAnswer(what: string, { matching, paid, accepted }: Answer): string[] {
  if (!accepted) return [`${what} found no quorum`];
  const faults = matching < RUNNERS ? [`${what}: only ${matching} of ${RUNNERS} runners agreed`] : [];
  return paid < matching ? [...faults, `${what}: only ${paid} of ${matching} were paid`] : faults;
}
