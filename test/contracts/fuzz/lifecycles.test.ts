import assert from "node:assert/strict";
import { taskEscrowAbi } from "../../../sdk/protocol/contracts.ts";
import { runLifecycles } from "./lifecycles.ts";

const seed = Number(process.env.PARITY_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32));

/** What random lives cannot come to, and the test that does. */
const elsewhere: Record<string, string> = {
  AssetHasNoPermit: "post-task-with-permit.test.ts",
  CallerIsNotEscrow: "perform-steps.test.ts",
  ReentrancyGuardReentrantCall: "hostile-parties.test.ts",
  SafeERC20FailedOperation: "hostile-parties.test.ts",
  StepOutOfGas: "perform-steps.test.ts",
  TransferFailed: "hostile-parties.test.ts",
  WrongAmountReceived: "hostile-parties.test.ts",
};

describe(`random lives of tasks, against the reference model (seed ${seed})`, () => {
  const reached = new Set<string>();
  for (const asset of ["native", "token"] as const) {
    it(`hold I1 to I15 with ${asset === "native" ? "the native asset" : "a token"}`, async () => {
      const report = await runLifecycles({ seed, lifecycles: 200, asset });
      assert.ok(report.lifecycles >= 200);
      for (const name of report.reached.keys()) reached.add(name);
    });
  }

  it("come to every terminal phase, every event and every error, but for those with a test of their own", () => {
    const names = taskEscrowAbi.flatMap((item) => (item.type === "event" || item.type === "error" ? [item.name] : []));
    const missing = [...names, "DEAD", "VOID", "ACCEPTED"].filter((name) => !reached.has(name) && !(name in elsewhere));
    assert.deepEqual(missing, []);
  });
});
