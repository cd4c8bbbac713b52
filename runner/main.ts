/** The runner program: `node runner/main.ts`, configured by RUNNER_ variables. */
import { loadRunnerConfig, readEnvironment } from "./config.ts";
import { startRunner } from "./start-runner.ts";
import { exitCodeOf, fault } from "./telemetry/log.ts";

try {
  const runner = await startRunner(loadRunnerConfig(readEnvironment()));
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => void runner.stop());
  const { address, payee, metricsPort } = runner;
  process.stdout.write(`${JSON.stringify({ ready: true, address, payee, ...(metricsPort === undefined ? {} : { metricsPort }) })}\n`);
  await runner.done;
} catch (error) {
  process.stderr.write(`${JSON.stringify({ level: "error", ...fault(error), msg: "Runner failed" })}\n`);
  process.exitCode = exitCodeOf(error);
}
