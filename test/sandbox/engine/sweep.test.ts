import assert from "node:assert/strict";
import { ownerLabel } from "../../../sandbox/engine/labels.ts";
import { removeContainer } from "../../../sandbox/engine/sweep.ts";
import { SandboxLab } from "../../support/sandbox.ts";

describe("removeContainer", () => {
  let lab: SandboxLab;
  before(async () => {
    lab = await SandboxLab.open();
  });
  after(() => lab.close());

  const start = async (): Promise<string> => {
    const { engine, image, owner } = lab;
    const Labels = { [ownerLabel]: owner };
    const container = await engine.docker.createContainer({ Image: image.imageId, Cmd: ["/bin/sh", "-c", "while :; do :; done"], Labels });
    await container.start();
    return container.id;
  };

  const isGone = async (id: string) => (await lab.engine.docker.listContainers({ all: true, filters: { id: [id] } })).length === 0;

  it("waits for a removal that another began, such as one of a program that was killed since", async () => {
    const id = await start();
    // The engine refuses all but the first of these with a conflict, for as long as the first takes.
    const removals = Array.from({ length: 4 }, async () => {
      await removeContainer(lab.engine, id);
      assert.ok(await isGone(id));
    });
    await Promise.all(removals);
  });

  it("does nothing when there is none", async () => {
    await removeContainer(lab.engine, "no-such-container");
  });
});
