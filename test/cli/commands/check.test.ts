import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { getBlockNumber } from "viem/actions";
import type { LocalNetwork } from "../../../cli/local-network/start-local-network.ts";
import { stampProgram } from "../../../scripts/demo/stamp/program.ts";
import { startQuietNetwork } from "../support/local-network.ts";
import { type Finished, parity, temporaryFolder } from "../support/parity.ts";
import { writeStaticJob } from "../support/static-job.ts";

interface Cause {
  cause: string;
  first: { at: string };
}

describe("check a job before money moves", function () {
  this.timeout(300_000);
  const folder = temporaryFolder();
  let local: LocalNetwork;
  before(async () => {
    local = await startQuietNetwork(folder.path);
    writeStamp("standard@1");
    writeStamp("strict@1");
    mkdirSync(path.join(folder.path, "static"));
    writeStaticJob(path.join(folder.path, "static"), { fields: { determinism: { level: "standard@1" } } });
  });
  after(async () => {
    await local?.stop();
    folder.remove();
  });

  /** A job that prints the time and a random number. */
  function writeStamp(level: string): void {
    const directory = path.join(folder.path, level);
    mkdirSync(path.join(directory, "image"), { recursive: true });
    writeFileSync(path.join(directory, "image", "stamp"), stampProgram, { mode: 0o755 });
    writeFileSync(
      path.join(directory, "job.json"),
      JSON.stringify({ image: { folder: "image" }, command: ["/stamp"], determinism: { level } }),
    );
  }

  const run = (args: string[], env: Record<string, string> = {}) => parity(args, { cwd: folder.path, env });
  const post = (job: string, more: string[] = [], env: Record<string, string> = {}) => run(["post", job, "--yes", ...more], env);
  const causesOf = ({ records }: Finished) => ((records[0]?.causes ?? []) as Cause[]).map(({ cause, first }) => [cause, first.at]);
  const blocks = () => getBlockNumber(local.connection.client);
  const remembered = () => readdirSync(path.join(folder.path, ".parity", "checks"));

  it("answers no, with the causes, to a job that is not deterministic at its level", async () => {
    const checked = await run(["check", "standard@1"]);
    assert.equal(checked.code, 2, checked.stderr);
    assert.deepEqual(causesOf(checked), [
      ["time-stamp", "$.at"],
      ["randomness", "$.id"],
    ]);
    assert.deepEqual([checked.records[0]?.isDeterministic, checked.records[0]?.safeUnder], [false, ["strict@1"]]);
  });

  it("answers yes to a job whose level cures the causes, and still names them", async () => {
    const checked = await run(["check", "strict@1/job.json"]);
    assert.equal(checked.code, 0, checked.stderr);
    assert.equal(causesOf(checked).length, 2);
  });

  it("answers yes to a job that depends on nothing", async () => {
    const checked = await run(["check", "static"]);
    assert.equal(checked.code, 0, checked.stderr);
    assert.deepEqual([checked.records[0]?.causes, checked.records[0]?.safeUnder], [[], ["plain", "standard@1", "strict@1"]]);
  });

  it("refuses to post what it found wanting, without a transaction, and posts it all the same when told not to check", async () => {
    const before = await blocks();
    const { code, error } = await post("standard@1");
    assert.deepEqual([code, error?.code], [2, "JOB_NONDETERMINISTIC"]);
    assert.match(error?.message ?? "", /the time at which it runs[\s\S]*random numbers/);
    assert.match(error?.hint ?? "", /SOURCE_DATE_EPOCH.*"level": "strict@1"/);
    assert.equal(await blocks(), before);
    const posted = await post("standard@1", ["--no-check"]);
    assert.equal(posted.code, 0, posted.stderr);
    assert.ok((await blocks()) > before);
  });

  it("remembers a verdict, and does not run the job again", async () => {
    const count = remembered().length;
    const known = (await post("static")).records.find(({ event }) => event === "checked");
    assert.equal(known?.isRecalled, true);
    assert.equal(remembered().length, count);
  });

  it("checks a new job in two runs", async () => {
    writeStaticJob(path.join(folder.path, "static"), {
      source: "export const other = 1;\n",
      fields: { determinism: { level: "standard@1" } },
    });
    const fresh = (await post("static")).records.find(({ event }) => event === "checked");
    assert.deepEqual([fresh?.isRecalled, fresh?.runs], [false, 2]);
  });

  it("runs a job again whose memory is not to be read", async () => {
    for (const name of remembered()) writeFileSync(path.join(folder.path, ".parity", "checks", name), "{");
    const again = (await post("static")).records.find(({ event }) => event === "checked");
    assert.equal(again?.isRecalled, false);
  });

  it("posts without a check where there is no engine, and says so", async () => {
    writeStaticJob(path.join(folder.path, "static"), {
      source: "export const third = 1;\n",
      fields: { determinism: { level: "standard@1" } },
    });
    const { code, stderr } = await post("static", [], { DOCKER_HOST: "unix:///nowhere/docker.sock" });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /The job was not checked: No Docker engine answers/);
  });

  it("refuses a job that ends without an output, and names the limit", async () => {
    writeStaticJob(path.join(folder.path, "static"), {
      fields: { determinism: { level: "standard@1" }, command: ["/esbuild", "--version"], limits: { outputBytes: 1 } },
    });
    const { code, error } = await post("static");
    assert.deepEqual([code, error?.code], [2, "JOB_GIVES_NO_OUTPUT"]);
    assert.match(error?.message ?? "", /limits\.outputBytes/);
  });

  it("has coded errors for what it is given wrong", async () => {
    assert.equal((await run(["check", "nowhere.json"])).error?.code, "JOB_FILE_UNREADABLE");
    assert.equal((await run(["check", "static"], { DOCKER_HOST: "unix:///nowhere/docker.sock" })).error?.code, "ENGINE_UNREACHABLE");
  });
});
