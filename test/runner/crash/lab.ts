import { setTimeout as pause } from "node:timers/promises";
import { RunnerLab } from "../support/lab.ts";

/** Blocks come by themselves, a moment after a transaction: a runner that dies once it was sent dies before it is mined. */
const blockEveryMs = 100;

/** Opens a lab whose chain makes blocks now and then. */
export async function openCrashLab(): Promise<RunnerLab> {
  const lab = await RunnerLab.open({ anvil: [] });
  await lab.rpc("evm_setAutomine", [false]);
  let isOpen = true;
  const mining = (async () => {
    while (isOpen) {
      const { pending } = (await lab.rpc("txpool_status", [])) as { pending: string };
      if (Number(pending) > 0) await lab.mine(1);
      await pause(blockEveryMs);
    }
  })();
  lab.later(async () => {
    isOpen = false;
    await mining;
  });
  return lab;
}
