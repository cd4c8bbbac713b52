import { isReclaimed, isTerminal, ParityError, reclaimableOf, reclaimBounty } from "@parity-protocol/sdk";
import { Command } from "commander";
import { findAccount } from "../keys/find-key.ts";
import { sendAs } from "../network/connect.ts";
import { openNetwork } from "../network/open-network.ts";
import type { Act } from "../program/context.ts";
import { type KeyOptions, type NetworkOptions, withExample, withKey, withNetwork } from "../program/options.ts";
import { findTask, taskArgument } from "../tasks/find-task.ts";
import { readTaskReport } from "../tasks/task-report.ts";
import { formatAmount } from "../units/amount.ts";

/** `parity reclaim`: returns to the submitter what nobody earned. */
export function reclaimCommand(act: Act): Command {
  const command = new Command("reclaim")
    .summary("return to the submitter what nobody earned")
    .description(
      "Returns to its submitter what nobody earned in a closed task: all of the bounty without a result, else what the division leaves over.",
    )
    .argument("<task>", taskArgument);
  return withExample(withKey(withNetwork(command)), "parity reclaim latest").action(
    act(async (context, options: NetworkOptions & KeyOptions, text: string) => {
      const network = await openNetwork(context, options);
      const account = await findAccount(context, options, network.settings.submitterKey);
      const { task, state, phase } = await readTaskReport(await findTask(text, network.place), network.place);
      const { taskId, submitter, key, terms } = task;
      if (!isTerminal(phase))
        throw new ParityError("TASK_NOT_CLOSED", `Task ${taskId} is ${phase}; what nobody earned is known once it is closed.`);
      if (isReclaimed(state)) throw new ParityError("ALREADY_RECLAIMED", `What nobody earned in task ${taskId} was reclaimed before.`);
      const owedWei = reclaimableOf(state, phase, terms.bondWei);
      if (owedWei === 0n) {
        context.printer.result({ event: "nothing-to-reclaim", taskId }, ["Nothing to reclaim: the runners earned all of it."]);
        return 0;
      }
      const { amountWei, transactionHash } = await reclaimBounty(sendAs(network.connection, account), {
        escrow: network.escrow,
        task: key,
      });
      context.printer.result({ event: "reclaimed", taskId, amountWei, submitter, transactionHash }, [
        `Reclaimed ${formatAmount(amountWei, network.currency)} to ${submitter}, transaction ${transactionHash}`,
      ]);
      return 0;
    }),
  );
}
