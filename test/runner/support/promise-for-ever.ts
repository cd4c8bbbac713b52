import { Journal } from "../../../runner/journal/journal.ts";
import { buildTask, escrow, hash, runnerAddress, submitter } from "./records.ts";

// Writes promises as fast as it can and says which are durable, until it is killed.
const journal = new Journal(process.argv[2] ?? "", { chainId: 31_337, escrow, runner: runnerAddress });
for (let nonce = 0n; ; nonce++) {
  const task = buildTask({ nonce });
  journal.recordTasks([task], { blockNumber: nonce, blockHash: hash("00") });
  journal.recordPromise(task.taskId, { identity: hash("01"), payee: submitter, outputHash: hash("02"), commitment: task.taskId });
  process.stdout.write(`${nonce}\n`);
}
