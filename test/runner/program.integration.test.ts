import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Hex } from "@parity-protocol/sdk";
import { encryptKeystoreJson } from "ethers";
import { giveLab } from "./support/give-lab.ts";
import { RunnerLab } from "./support/lab.ts";

describe("runner program", function () {
  // Each test starts programs and containers, which takes its time on a busy machine.
  this.timeout(300_000);
  let lab: RunnerLab;

  giveLab(
    () => RunnerLab.open(),
    (opened) => {
      lab = opened;
    },
  );

  async function countOf(taskId: Hex, ...names: string[]): Promise<number[]> {
    const events = await lab.eventsOf(taskId);
    return names.map((name) => events.filter((event) => event.name === name).length);
  }

  /** A job that takes a while, so that it can be interrupted. */
  const slowly = { script: "i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done; echo $i" };

  it("says in one line of JSON that it is ready, parks a running job on SIGTERM, exits with 0, and finishes the job the next time", async () => {
    const first = await lab.startProgram(1, { RUNNER_STOP_SECONDS: "0" });
    await first.ready();
    assert.deepEqual(JSON.parse(first.stdout), { ready: true, address: lab.addressOf(1), payee: lab.addressOf(1) });
    const { taskId } = await lab.post(await lab.upload(slowly));
    await first.said("Slot reserved", taskId);
    await first.kill("SIGTERM");
    assert.deepEqual(await first.exited, { code: 0, signal: null });
    assert.match(first.stderr, /"msg":"Runner stopped"/);
    assert.deepEqual(await countOf(taskId, "SlotReserved", "ResultCommitted"), [1, 0]);

    const second = await lab.startProgram(1);
    await second.said("Task done", taskId);
    assert.deepEqual(await countOf(taskId, "SlotReserved", "ResultCommitted", "PayoutClaimed"), [1, 1, 1]);
    await second.kill("SIGTERM");
  });

  it("sweeps what a SIGKILL in the middle of a job left, and finishes the task", async () => {
    const first = await lab.startProgram(2);
    await first.ready();
    const { taskId } = await lab.post(await lab.upload(slowly));
    await first.said("Slot reserved", taskId);
    await first.kill("SIGKILL");
    const second = await lab.startProgram(2);
    await second.said("Task done", taskId);
    assert.match(second.stderr, /"msg":"Leftovers of a crash removed"/);
    assert.deepEqual(await countOf(taskId, "SlotReserved", "ResultCommitted", "PayoutClaimed"), [1, 1, 1]);
    await second.kill("SIGTERM");
  });

  it("never writes its key, and no output hash before the reveal", async () => {
    const program = await lab.startProgram(3);
    await program.ready();
    const { taskId } = await lab.post(await lab.upload({ script: "echo secret so far" }), { revealDelaySeconds: 600 });
    await program.said("Result committed", taskId);
    const before = program.stderr;
    await lab.passTime(601);
    await program.said("Task done", taskId);
    const { outputHash = "" } = await lab.waitForResult(taskId);
    assert.ok(program.stderr.includes(outputHash));
    assert.equal(before.includes(outputHash.slice(2)), false);
    assert.equal(program.stderr.includes(lab.keyOf(3).slice(2)), false);
    await program.kill("SIGTERM");
  });

  it("loads its key from an encrypted keystore, with the password from a file", async () => {
    const keystore = join(lab.directory, "keystore.json");
    const password = join(lab.directory, "password");
    writeFileSync(
      keystore,
      await encryptKeystoreJson({ address: lab.addressOf(4), privateKey: lab.keyOf(4) }, "s3cret", { scrypt: { N: 2, p: 1, r: 8 } }),
    );
    writeFileSync(password, "s3cret\n");
    const key = { RUNNER_PRIVATE_KEY: "", RUNNER_KEYSTORE: keystore, RUNNER_PASSWORD_FILE: password };
    const program = await lab.startProgram(4, key);
    await program.ready();
    assert.equal(JSON.parse(program.stdout).address, lab.addressOf(4));
    await program.kill("SIGTERM");
  });

  it("serves its metrics and its health on the loopback interface, where it is asked to", async () => {
    const program = await lab.startProgram(1, { RUNNER_METRICS_PORT: "0" });
    await program.ready();
    const url = `http://127.0.0.1:${JSON.parse(program.stdout).metricsPort}`;
    assert.deepEqual(await (await fetch(`${url}/healthz`)).json(), { healthy: true });
    assert.match(await (await fetch(`${url}/metrics`)).text(), /parity_runner_head_block [1-9]/);
    await program.kill("SIGTERM");
  });

  const failures: [what: string, change: () => Record<string, string>, code: string, exitCode: number][] = [
    ["a variable that it does not know", () => ({ RUNNER_POLL_MILLIS: "5" }), "RUNNER_CONFIG_INVALID", 1],
    ["an address without an escrow", () => ({ RUNNER_ESCROW: lab.addressOf(9) }), "NO_CODE_AT_ESCROW", 1],
    ["a keystore that is not one", () => notAKeystore(), "KEYSTORE_INVALID", 1],
    ["an RPC that does not answer", () => ({ RUNNER_RPC_URL: "http://127.0.0.1:9" }), "RPC_UNREACHABLE", 75],
    ["an engine that does not answer", () => ({ DOCKER_HOST: "unix:///nowhere.sock" }), "ENGINE_UNREACHABLE", 75],
  ];
  for (const [what, change, code, exitCode] of failures)
    it(`ends with ${exitCode} and ${code}, given ${what}`, async () => {
      const program = await lab.startProgram(8, change());
      assert.deepEqual(await program.exited, { code: exitCode, signal: null });
      const last = JSON.parse(program.stderr.trim().split("\n").at(-1) ?? "");
      assert.equal(last.code, code);
      assert.notEqual(last.hint, "");
      assert.equal(program.stdout, "");
    });

  function notAKeystore(): Record<string, string> {
    const file = join(lab.directory, "not-a-keystore");
    writeFileSync(file, "hello\n");
    return { RUNNER_PRIVATE_KEY: "", RUNNER_KEYSTORE: file, RUNNER_PASSWORD_FILE: file };
  }
});
