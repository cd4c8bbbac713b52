import type { ChainSender } from "./chain/sender.ts";
import type { ExecuteJob } from "./execution/executor.ts";
import type { RunnerLog } from "./telemetry/log.ts";

/** Parts of a runner that a caller may replace: each is given the real part and returns what is used in its place. */
export interface RunnerPorts {
  /** How a prepared job is run. */
  execute(real: ExecuteJob): ExecuteJob;
  /** How calls are sent to the chain. */
  sender(real: ChainSender): ChainSender;
  /** Where the runner says what it did. */
  log(real: RunnerLog): RunnerLog;
  /** A clock that never jumps, in milliseconds. */
  monotonicMs(): number;
}
