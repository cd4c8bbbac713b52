/** The exit of a job that could not be started, as a shell would report it: 127 for a program that is not there, 126 for any other reason. */
export interface StartFailure {
  exitCode: 126 | 127;
  reason: string;
}

/** What the engine and its runtime say when the job's own image or spec makes a start impossible; anything else is the engine's fault. */
const failures: readonly { said: RegExp; failure: (found: string) => StartFailure | undefined }[] = [
  // The runtime looks the program up inside the container. Its own absence is reported in other words.
  { said: /container process(?: caused)?: (?:error during container init: )?(exec: .*)$/s, failure: programFailure },
  {
    said: /chdir to cwd \(.*\) set in config\.json failed: |Cannot mkdir: .* is not a directory|lstat \S*\/merged\/.*: not a directory/s,
    failure: () => ({ exitCode: 126, reason: "The working directory cannot be entered." }),
  },
  {
    said: /source \S*\/merged\/.* is not directory|too many links in \S*\/merged\/|error mounting ".*" to rootfs at ".*": .*not a directory/s,
    failure: () => ({ exitCode: 126, reason: "The image has something else where /input, /output, /tmp or /etc/hosts belongs." }),
  },
];

/**
 * Tells a job that can never start (the same on every runner, so it is an answer) from an engine that cannot start it (an error, to be tried
 * again). The engine reports both as an error of its create or start call.
 * @returns nothing when the engine is to blame
 */
export function startFailureOf(message: string): StartFailure | undefined {
  for (const { said, failure } of failures) {
    const found = said.exec(message);
    if (found) return failure(found[1] ?? "");
  }
  return undefined;
}

/**
 * Recognises a program that the kernel refused to execute. By then the container runs, and the engine's runtime writes the reason to stderr
 * and exits with 1 or 255, depending on its version: both become what a shell says.
 */
export function startFailureIn(stderr: Uint8Array, exited: { exitCode: number; stdoutBytes: number }): StartFailure | undefined {
  if (![1, 255].includes(exited.exitCode) || exited.stdoutBytes > 0 || stderr.length > 8_192) return undefined;
  const text = Buffer.from(stderr).toString("utf8");
  const [, problem] = /^(?:standard_init_linux\.go:\d+: )?exec (?:user process caused:? "?|[^\n]*: )([a-z ]+)"?\n?$/.exec(text) ?? [];
  return problem === undefined ? undefined : programFailure(problem);
}

function programFailure(problem: string): StartFailure | undefined {
  if (/not found|no such file/i.test(problem)) return { exitCode: 127, reason: "The program, or its interpreter, is not in the image." };
  if (/permission denied|is a directory|not a directory|exec format error|invalid argument|too many levels/i.test(problem))
    return { exitCode: 126, reason: "The program is in the image, but it cannot be executed." };
  return undefined;
}
