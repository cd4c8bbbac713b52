import assert from "node:assert/strict";
import { checkLevel, checkStrict, connectEngine } from "@parity-protocol/sandbox";
import { isParityError } from "@parity-protocol/sdk";
import { type EngineProxy, startTracelessEngine } from "../../support/engine-proxy.ts";
import { SandboxLab } from "../../support/sandbox.ts";

describe("check an engine's levels", function () {
  this.timeout(120_000);
  let lab: SandboxLab;
  let proxy: Pick<EngineProxy, "dockerHost" | "close">;
  before(async () => {
    lab = await SandboxLab.open("strict@1");
    proxy = await startTracelessEngine(lab.engine.address);
  });
  after(async () => {
    await proxy.close();
    await lab.close();
  });

  it("finds that this machine can run every level", async () => {
    await checkStrict(lab.engine);
    for (const level of ["standard@1", "strict@1"] as const) await checkLevel(lab.engine, lab.spec({ level }));
  });

  it("says why a machine that forbids ptrace cannot run strict jobs, and lets it run the others", async () => {
    const traceless = await connectEngine({ dockerHost: proxy.dockerHost });
    const saysWhy = (error: unknown) =>
      isParityError(error, "LEVEL_UNSUPPORTED") && /ptrace is not allowed here: Operation not permitted/.test(error.message);
    await assert.rejects(checkStrict(traceless), saysWhy);
    await assert.rejects(checkLevel(traceless, lab.spec({})), saysWhy);
    await checkLevel(traceless, lab.spec({ level: "standard@1" }));
  });
});
