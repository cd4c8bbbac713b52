import type { Explanation } from "@parity-protocol/runner";
import { Command } from "commander";
import { openNetwork } from "../network/open-network.ts";
import { type RunnerOptions, runnerVariables } from "../network/runner-variables.ts";
import type { Act } from "../program/context.ts";
import { withExample, withNetwork, withRunner, withStore } from "../program/options.ts";
import { findTask, shortHex, taskArgument } from "../tasks/find-task.ts";
import type { Paint } from "../terminal/colour.ts";
import { columns } from "../terminal/columns.ts";
import { safeText } from "../terminal/safe-text.ts";

/** `parity runner explain`: says why a runner would take a task, or not. */
export function runnerExplainCommand(act: Act): Command {
  const command = new Command("explain")
    .summary("say why a runner would take a task, or not")
    .description(
      "Says what each rule of a runner's policy finds about a task, with its figures, and whether the runner would take it. Exits with 2 where it would not.",
    )
    .argument("<task>", taskArgument);
  return withExample(
    withStore(withNetwork(withRunner(command))),
    "parity runner explain latest --keystore runner.json --password-file runner.password",
  ).action(
    act(async (context, options: RunnerOptions, text: string) => {
      const { explainTask, loadRunnerConfig } = await import("@parity-protocol/runner"); // large, and only needed here
      const config = loadRunnerConfig(runnerVariables(context, options));
      const network = { ...options, rpcUrl: config.rpcUrls[0] ?? "", escrow: config.escrow };
      const { taskId } = await findTask(text, (await openNetwork(context, network)).place);
      const explanation = await explainTask(config, { taskId, signal: context.signal });
      context.printer.result({ ...explanation }, explanationLines(explanation, context.printer.paint));
      return explanation.isTaken ? 0 : 2;
    }),
  );
}

function explanationLines({ taskId, runner, phase, freeSlots, findings, isTaken }: Explanation, paint: Paint): string[] {
  const rows = findings.map(({ rule, isMet, because }) => [paint(isMet ? "good" : "bad", isMet ? "yes" : "no"), rule, safeText(because)]);
  const [refusals, verb] = [findings.filter(({ isMet }) => !isMet).length, isTaken ? "would take" : "would not take"];
  const why = isTaken
    ? ""
    : refusals > 0
      ? `: ${refusals} of ${findings.length} rules refuse`
      : `: it is ${phase}, with ${freeSlots} free slots`;
  return [
    `Task ${shortHex(taskId)} is ${phase}, with ${freeSlots} free slots.`,
    ...columns(rows).map((line) => `  ${line}`),
    paint(isTaken ? "good" : "bad", `Runner ${runner} ${verb} it${why}.`),
  ];
}
