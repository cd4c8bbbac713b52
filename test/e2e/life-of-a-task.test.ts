import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { outputHashOf } from "@parity-protocol/sdk";
import { type Finished, parity, startUp, temporaryFolder, type UpProcess, waitUntilGone } from "../cli/support/parity.ts";
import { writeStaticJob } from "../cli/support/static-job.ts";

/** The first record of a kind that a command printed. */
function recordOf(finished: Finished, event: string): Record<string, unknown> {
  const found = finished.records.find((record) => record.event === event);
  assert.ok(found, `no record '${event}' in ${finished.stdout}${finished.stderr}`);
  return found;
}

describe("the life of a task, from the command line", function () {
  this.timeout(600_000); // real processes on a machine that may be busy
  const folder = temporaryFolder();
  const at = (name: string) => path.join(folder.path, name);
  const run = (...args: string[]) => parity(args, { cwd: folder.path });
  let up: UpProcess;
  let accepted: Finished;
  let taskId: string;

  before(async () => {
    up = await startUp(folder.path, ["--runners", "3"]);
    writeStaticJob(folder.path, { image: "dockerfile" });
    accepted = await run("run", "job.json", "--out", "result");
  });
  after(async () => {
    await up.stop();
    folder.remove();
  });

  it("says where everything is once the network is ready", () => {
    for (const field of ["rpcUrl", "escrow", "gate", "store"]) assert.equal(typeof up.ready[field], "string", field);
    assert.equal((up.ready.runners as unknown[]).length, 3);
    assert.equal(existsSync(at(".parity/network.json")), true);
  });

  describe("when a job from a Dockerfile FROM scratch is run", () => {
    before(() => {
      taskId = recordOf(accepted, "posted").taskId as string;
    });

    it("exits with 0 and tells the task's life in order, the id before anything is sent", () => {
      assert.equal(accepted.code, 0, accepted.stderr);
      const events = accepted.records.map((record) => record.event);
      const order = [
        "offer",
        "uploaded",
        "posting",
        "posted",
        "SlotReserved",
        "ResultCommitted",
        "ResultRevealed",
        "TaskDecided",
        "fetched",
      ];
      assert.deepEqual(
        order.toSorted((a, b) => events.indexOf(a) - events.indexOf(b)),
        order,
      );
      for (const event of order) assert.ok(events.includes(event), event);
      const { level, hasDefaultLevel } = recordOf(accepted, "offer");
      assert.deepEqual([level, hasDefaultLevel], ["strict@1", true]);
    });

    it("puts the output, stdout, stderr and the manifest on disk, which hash to what the chain says", () => {
      assert.deepEqual(readdirSync(at("result")).toSorted(), ["manifest.json", "output", "stderr", "stdout"]);
      assert.match(readFileSync(at("result/output/answer.js"), "utf8"), /6 \* 7|42/);
      const manifest = JSON.parse(readFileSync(at("result/manifest.json"), "utf8")) as Parameters<typeof outputHashOf>[0];
      assert.equal(outputHashOf(manifest), recordOf(accepted, "fetched").outputHash);
    });

    it("pays all three runners a third, and leaves the dust to reclaim", async () => {
      const settled = await waitForStatus(run, taskId, (status) => (status.slots as { claimed?: unknown }[]).every((slot) => slot.claimed));
      const shares = (settled.slots as { standing: string; claimed: { shareWei: string } }[]).map((slot) => [
        slot.standing,
        slot.claimed.shareWei,
      ]);
      assert.deepEqual(shares, Array(3).fill(["matched", "3333333333333333"]));
      const reclaimed = await run("reclaim", taskId);
      assert.equal(recordOf(reclaimed, "reclaimed").amountWei, "1");
      const again = await run("reclaim", taskId);
      assert.deepEqual([again.code, again.error?.code], [1, "ALREADY_RECLAIMED"]);
    });

    it("finds the task by the first characters of its id", async () => {
      const listed = await run("list");
      assert.ok(listed.records.some((record) => record.taskId === taskId));
      assert.equal((await run("status", taskId.slice(0, 14))).records[0]?.phase, "ACCEPTED");
    });

    it("gets the same output when it runs the job itself", async () => {
      const verified = await run("verify", taskId);
      assert.equal(verified.code, 0, verified.stderr);
      assert.equal(verified.records[0]?.isSame, true);
      assert.equal(verified.records[0]?.isOpenToAnyone, false);
      assert.equal(verified.records[0]?.outputHash, recordOf(accepted, "fetched").outputHash);
    });

    it("fetches the output again into another folder", async () => {
      assert.equal((await run("result", taskId, "--out", "again")).code, 0);
      assert.deepEqual(readFileSync(at("again/output/answer.js")), readFileSync(at("result/output/answer.js")));
      const occupied = await run("result", taskId, "--out", "again");
      assert.deepEqual([occupied.code, occupied.error?.code], [1, "FILE_EXISTS"]);
      assert.equal((await run("result", taskId, "--out", "again", "--force")).code, 0);
    });

    it("refuses to fetch or to run more than it is told to", async () => {
      for (const command of [
        ["result", taskId, "--out", "small"],
        ["verify", taskId],
      ]) {
        const refused = await run(...command, "--max-download", "10B");
        assert.deepEqual([refused.code, refused.error?.code], [1, "BLOB_TOO_LARGE"], refused.stderr);
      }
      assert.equal(existsSync(at("small")), false);
    });

    it("has nothing left to claim", async () => {
      const claimed = await run("claim", taskId, "--all");
      assert.deepEqual([claimed.code, claimed.records.map((record) => record.event)], [0, ["nothing-to-claim"]]);
    });

    it("takes nothing from a store that lies, and leaves no file", async () => {
      const liar = createServer((_request, response) => response.end("this is not the blob"));
      await new Promise<void>((resolve) => liar.listen(0, "127.0.0.1", resolve));
      const url = `http://127.0.0.1:${(liar.address() as AddressInfo).port}`;
      const lied = await run("result", taskId, "--out", "lies", "--store-url", url);
      liar.close();
      assert.deepEqual([lied.code, lied.error?.code], [1, "BLOB_CORRUPT"], lied.stderr);
      assert.equal(existsSync(at("lies")), false);
    });
  });

  it("exits with 2 when the runners agree on another exit code than the expected one, and still fetches", async () => {
    writeStaticJob(folder.path, { source: "this is not a program (\n" });
    const failed = await run("run", "job.json", "--out", "failed");
    assert.equal(failed.code, 2, failed.stderr);
    assert.equal(recordOf(failed, "fetched").exitCode, 1);
    assert.match(readFileSync(at("failed/stderr"), "utf8"), /ERROR/, "the submitter sees why");
  });

  it("exits with 2 and returns the bounty when too few runners commit", async () => {
    writeStaticJob(folder.path, { source: "export const late = 1;\n" });
    const dead = await run("run", "job.json", "--out", "dead", "--slots", "5", "--quorum", "4", "--commit-within", "17s");
    assert.equal(dead.code, 2, dead.stderr);
    assert.ok(recordOf(dead, "reclaimed").transactionHash);
    assert.equal(existsSync(at("dead")), false);
  });

  it("refuses a second network in the same folder", async () => {
    const second = await run("up");
    assert.deepEqual([second.code, second.error?.code], [1, "NETWORK_ALREADY_UP"]);
  });

  it("finds everything in order", async () => {
    const doctor = await run("doctor");
    assert.equal(doctor.code, 0, doctor.stdout);
    assert.deepEqual(
      doctor.records.map((record) => record.isOk),
      Array(doctor.records.length).fill(true),
    );
  });
});

describe("taking a local network down", function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  after(() => folder.remove());

  for (const signal of ["SIGINT", "SIGKILL"] as const)
    it(`leaves no process and no network file behind after ${signal}`, async () => {
      const up = await startUp(folder.path, ["--runners", "1"]);
      const pids = up.childPids();
      assert.ok(pids.length >= 2, "a chain and a runner");
      const code = await up.kill(signal);
      if (signal === "SIGINT") assert.equal(code, 0);
      await waitUntilGone(pids);
      assert.equal(existsSync(path.join(folder.path, ".parity/network.json")), false);
      assert.deepEqual(readdirSync(path.join(folder.path, ".parity/local")), ["logs"]);
    });
});

/** Asks for a task's status until it is as wanted. */
async function waitForStatus(
  run: (...args: string[]) => Promise<Finished>,
  taskId: string,
  isWanted: (status: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 60; tries++) {
    const { records } = await run("status", taskId);
    if (records[0] && isWanted(records[0])) return records[0];
  }
  throw new Error(`task ${taskId} did not get there`);
}
