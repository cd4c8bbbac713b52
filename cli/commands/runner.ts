import { Command } from "commander";
import { type RunnerOptions, runnerVariables } from "../network/runner-variables.ts";
import type { Act, Context } from "../program/context.ts";
import { withExample, withNetwork, withRunner, withStore } from "../program/options.ts";
import { askSecret } from "../terminal/ask.ts";
import { runnerBackupCommand } from "./runner-backup.ts";
import { runnerExplainCommand } from "./runner-explain.ts";
import { runnerStatusCommand } from "./runner-status.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** `parity runner`: takes tasks, runs them, is paid. */
export function runnerCommand(act: Act): Command {
  const runner = new Command("runner")
    .summary("take tasks, run their jobs, be paid; ask a runner how it does")
    .description("Takes tasks, runs their jobs, is paid.");
  runner.addCommand(startCommand(act));
  runner.addCommand(runnerStatusCommand(act));
  runner.addCommand(runnerExplainCommand(act));
  runner.addCommand(runnerBackupCommand(act));
  return runner;
}

function startCommand(act: Act): Command {
  const command = withRunner(new Command("start"))
    .summary("run a runner until it is stopped")
    .description(
      "Runs a runner until it is stopped. It is configured by RUNNER_… variables and .env; flags come first, the network file last.",
    )
    .option("--payee <address>", "who is paid (else RUNNER_PAYEE, else the key's own address)");
  return withExample(
    withStore(withNetwork(command)),
    "echo 'a long pass phrase' > runner.password",
    "parity wallet new --out runner.json --password-file runner.password",
    "parity runner start --keystore runner.json --password-file runner.password",
  ).action(
    act(async (context, options: RunnerOptions) => {
      const { loadRunnerConfig, startRunner } = await import("@parity-protocol/runner"); // large, and only needed here
      const variables = runnerVariables(context, options);
      const typed = await typedPassword(context, variables);
      const config = loadRunnerConfig(typed === undefined ? variables : { ...variables, RUNNER_PASSWORD_FILE: "typed" });
      if (typed !== undefined && config.key.kind === "keystore")
        config.key = { kind: "typed", keystorePath: config.key.keystorePath, password: typed };
      const running = await startRunner(config);
      const stop = () => void running.stop();
      if (context.signal.aborted) stop();
      context.signal.addEventListener("abort", stop);
      await running.done;
      return 0;
    }),
  );
}

/** Asks for the keystore's password where no file holds it and somebody is there to type it. */
async function typedPassword(context: Context, { RUNNER_KEYSTORE: keystore, ...others }: Variables): Promise<string | undefined> {
  if (!keystore || others.RUNNER_PASSWORD_FILE || others.RUNNER_PRIVATE_KEY || !context.isInteractive) return undefined;
  return askSecret(`Password of ${keystore}: `, context.signal);
}
