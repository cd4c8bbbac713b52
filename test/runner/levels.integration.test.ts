import assert from "node:assert/strict";
import { type EngineProxy, startTracelessEngine } from "../support/engine-proxy.ts";
import { giveLab } from "./support/give-lab.ts";
import { RunnerLab } from "./support/lab.ts";

describe("runner whose machine cannot trace", () => {
  let lab: RunnerLab;

  let proxy: Pick<EngineProxy, "dockerHost" | "close">;

  giveLab(
    () => RunnerLab.open(),
    (opened) => {
      lab = opened;
    },
  );
  before(async () => {
    proxy = await startTracelessEngine(lab.engine.address);
    lab.later(() => proxy.close());
  });

  it("takes no task of strict@1, says why, and takes those of standard@1", async () => {
    const runner = await lab.start(1, { change: { DOCKER_HOST: proxy.dockerHost } });
    const spec = lab.spec({ script: "echo hello" });
    const strict = await lab.post(await lab.uploadSpec({ ...spec, determinism: { ...spec.determinism, level: "strict@1" } }));
    const { fields } = await runner.said("Task refused", strict.taskId);
    const reasons = fields.reasons as { refusal: string; because: string }[];
    assert.deepEqual(
      reasons.map(({ refusal }) => refusal),
      ["LEVEL_UNSUPPORTED"],
    );
    assert.match(reasons[0]?.because ?? "", /ptrace is not allowed here/);
    assert.equal((await lab.stateOf(strict.taskId)).state.reserved, 0);
    const standard = await lab.post(await lab.uploadSpec({ ...spec, determinism: { ...spec.determinism, level: "standard@1" } }));
    await runner.said("Task done", standard.taskId);
    await runner.stop();
  });
});
