// npm run demo: one real task on a real local network, from the job file to the last wei; fails when anything it claims is not true.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { playDemo } from "./play.ts";
import { CheckFailed, elapsed, paint, say } from "./screen.ts";

async function main(): Promise<number> {
  process.removeAllListeners("warning"); // node:sqlite and type stripping are used on purpose
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => controller.abort(new Error(`${signal}; all that was started is taken down`)));
  const directory = mkdtempSync(path.join(os.tmpdir(), "parity-demo-"));
  try {
    await playDemo(directory, controller.signal);
    say("", paint("good", `All of it is true. ${elapsed()}`));
    return 0;
  } catch (error) {
    const reason = controller.signal.aborted ? controller.signal.reason : error;
    const what =
      reason instanceof CheckFailed
        ? `Not true: ${reason.message}`
        : `${controller.signal.aborted ? "Stopped" : "The demo failed"}: ${reason instanceof Error ? reason.message : reason}`;
    process.stderr.write(`\n${paint("bad", what)}\n`);
    if (!(reason instanceof CheckFailed) && reason instanceof Error && !controller.signal.aborted)
      process.stderr.write(`${reason.stack}\n`);
    return controller.signal.aborted ? 130 : 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

process.exit(await main());
