import { type Address, type Hex, type Task, type TaskTerms, taskIdOf, termsHashOf, zeroAddress } from "@parity-protocol/sdk";

export const escrow: Address = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
export const submitter: Address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
export const runnerAddress: Address = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
export const hash = (byte: string): Hex => `0x${byte.repeat(32)}`;

/** Builds a posted task; its id follows from its terms. */
export function buildTask(terms: Partial<TaskTerms> = {}, rest: Partial<Task> = {}): Task {
  const full: TaskTerms = {
    bountyWei: 3_000n,
    bondWei: 0n,
    slots: 3,
    quorum: 2,
    commitDeadline: 10_000,
    revealDelaySeconds: 10,
    revealWindowSeconds: 100,
    gate: zeroAddress,
    jobHash: hash("11"),
    nonce: 2n ** 255n,
    ...terms,
  };
  const key = { submitter: rest.submitter ?? submitter, termsHash: termsHashOf({ chainId: 31_337, escrow, terms: full }) };
  return { taskId: taskIdOf(key), key, submitter: key.submitter, terms: full, location: "http://127.0.0.1:1", blockNumber: 7n, ...rest };
}
