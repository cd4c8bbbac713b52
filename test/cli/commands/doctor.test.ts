import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectEngine, type Engine } from "@parity-protocol/sandbox";
import { startTracelessEngine } from "../../support/engine-proxy.ts";
import { parity } from "../support/parity.ts";

describe("parity doctor", function () {
  this.timeout(120_000);
  let cwd: string;
  let engine: Engine;
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), "parity-doctor-"));
    engine = await connectEngine({ dockerHost: process.env.DOCKER_HOST });
  });
  after(() => rm(cwd, { recursive: true, force: true }));

  async function sayOfStrict(dockerHost: string) {
    const { records, code } = await parity(["doctor"], { cwd, env: { DOCKER_HOST: dockerHost } });
    assert.equal(code, 1, "there is no network");
    return records.find((record) => record.check === "strict");
  }

  it("says that jobs of strict@1 can be run here", async () => {
    const { isOk, detail } = (await sayOfStrict(engine.address)) ?? {};
    assert.equal(isOk, true);
    assert.match(String(detail), /strict@1/);
  });

  it("says why they cannot be run, and what to do", async () => {
    const proxy = await startTracelessEngine(engine.address);
    try {
      const { isOk, code, message, hint } = (await sayOfStrict(proxy.dockerHost)) ?? {};
      assert.deepEqual([isOk, code], [false, "LEVEL_UNSUPPORTED"]);
      assert.match(String(message), /ptrace is not allowed here/);
      assert.match(String(hint), /ptrace_scope/);
    } finally {
      await proxy.close();
    }
  });
});
