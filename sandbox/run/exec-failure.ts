/** The exit of a job whose program could not be started, as a shell would report it. */
export interface ExecFailure {
  exitCode: 126 | 127;
  reason: string;
}

/**
 * Tells a job that cannot start (its own fault: the same on every runner) from an engine that cannot start it. The engine reports both as
 * an error of the start call; only messages that name the job's own program or working directory count.
 * @returns nothing when the engine is to blame
 */
export function execFailureOf(message: string, command: string): ExecFailure | undefined {
  if (/chdir to cwd \(.*\) set in config\.json failed: |Cannot mkdir: .* is not a directory/.test(message))
    return { exitCode: 126, reason: "The working directory cannot be entered." };
  const at = message.indexOf(`exec: ${JSON.stringify(command)}: `);
  const [, quoted = command] = /exec: "((?:[^"\\]|\\.)*)": /.exec(message) ?? [];
  if (at < 0 && quoted === command) return undefined;
  return at < 0 ? undefined : failureFor(message.slice(at), command);
}

/**
 * Recognises a program that the kernel refused to execute. By then the container runs, and the engine's runtime writes the reason to stderr
 * and exits with 1 or 255, depending on its version: both become what a shell says.
 */
export function execFailureIn(stderr: Uint8Array, exited: { exitCode: number; stdoutBytes: number }): ExecFailure | undefined {
  if (![1, 255].includes(exited.exitCode) || exited.stdoutBytes > 0 || stderr.length > 8_192) return undefined;
  const said = /^(?:standard_init_linux\.go:\d+: )?exec (?:user process caused: |user process caused "|(\/[^\n]*): )([a-z ]+)"?\n?$/.exec(
    Buffer.from(stderr).toString("utf8"),
  );
  return said ? failureFor(said[2] ?? "", said[1] ?? "the program") : undefined;
}

function failureFor(text: string, command: string): ExecFailure | undefined {
  if (/not found|no such file/i.test(text))
    return { exitCode: 127, reason: `${command}: not found, or its interpreter is not in the image.` };
  if (/permission denied|is a directory|not a directory|exec format error|invalid argument|too many levels/i.test(text))
    return { exitCode: 126, reason: `${command}: found, but it cannot be executed.` };
  return undefined;
}
