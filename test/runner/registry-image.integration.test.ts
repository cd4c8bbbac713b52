import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pullImage } from "@parity-protocol/sandbox";
import { fetchResult, type JobSpec } from "@parity-protocol/sdk";
import { Cleanup } from "../support/blobs.ts";
import { makeBusyboxFolder } from "../support/busybox.ts";
import { pushImage, remoteImage, sha256Of, startRegistry } from "../support/registry.ts";
import { giveLab } from "./support/give-lab.ts";
import { RunnerLab } from "./support/lab.ts";

describe("a job whose image is at a registry", () => {
  const cleanup = new Cleanup();
  let lab: RunnerLab;
  let image: JobSpec["image"];

  giveLab(
    () => RunnerLab.open(),
    (opened) => {
      lab = opened;
    },
  );
  before(async () => {
    const host = await startRegistry(cleanup);
    const folder = makeBusyboxFolder(join(cleanup.directory(), "root"), ["sh", "cat"]);
    writeFileSync(join(folder, "origin"), "the registry\n");
    const remote = remoteImage([execFileSync("tar", ["-C", folder, "-cf", "-", "."], { maxBuffer: 64 * 1024 ** 2 })]);
    await pushImage(host, "team/tool", remote);
    const registry = { repository: `${host}/team/tool`, manifest: sha256Of(remote.manifest) };
    const { sha256, bytes, platform } = await pullImage({ image: registry, outputDirectory: cleanup.directory() });
    image = { archive: sha256, bytes, platform, registry };
  });
  after(() => cleanup.run());

  const spec = (): JobSpec => ({ ...lab.spec({ script: "cat /origin > /output/answer" }), image });

  it("is done by a runner that pulls it, though no store has its archive", async () => {
    const runner = await lab.start(1, { change: { RUNNER_ALLOW_PRIVATE_LOCATIONS: "true" } });
    const { taskId } = await lab.post(await lab.uploadSpec(spec()));
    const { outcome, outputHash = "0x" } = await lab.waitForResult(taskId);
    assert.equal(outcome, "ACCEPTED");
    await runner.said("Output published", taskId);
    const { openFile } = await fetchResult({ outputHash, sources: [lab.store] });
    assert.equal(await new Response(await openFile("answer")).text(), "the registry\n");
    await runner.stop();
  });

  it("is not pulled from a host of the runner's own network, unless its operator allows that", async () => {
    const runner = await lab.start(2);
    const { taskId } = await lab.post(await lab.uploadSpec({ ...spec(), env: { ANOTHER: "job" } }));
    const { fields } = await runner.said("Step failed", taskId);
    assert.match(JSON.stringify(fields), /private network/);
    assert.deepEqual(
      (await lab.eventsOf(taskId)).map(({ name }) => name),
      ["TaskPosted"],
    );
    await runner.stop();
  });
});
