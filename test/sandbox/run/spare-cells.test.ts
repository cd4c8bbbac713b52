import assert from "node:assert/strict";
import { prepareJob, SpareCells, sweepLeftovers } from "@parity-protocol/sandbox";
import { defaultLimits, isParityError } from "@parity-protocol/sdk";
import { SandboxLab } from "../../support/sandbox.ts";

describe("SpareCells", () => {
  let lab: SandboxLab;
  let spares: SpareCells;
  let owner: string;
  let tests = 0;

  before(async () => {
    lab = await SandboxLab.open();
  });
  beforeEach(() => {
    owner = `${lab.owner}-${tests++}`;
    spares = new SpareCells(lab.engine, { owner, count: 2 });
  });
  afterEach(async () => {
    await spares.close();
    await sweepLeftovers(lab.engine, { owner });
  });
  // Fails when anything is left in the engine.
  after(() => lab.close());

  const limits = { ...defaultLimits, timeoutSeconds: 60 };
  const names = async () => {
    const filters = { label: [`org.parity-protocol.owner=${owner}`] };
    return (await lab.engine.docker.listContainers({ all: true, filters })).flatMap(({ Names }) => Names).sort();
  };
  const stockFully = async () => {
    spares.stock(limits);
    while ((await names()).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it("gives a job what was made before it, once, and the same output as without", async () => {
    const job = { script: "echo out; echo file > /output/file; ls -la /output /input /tmp", input: { word: "one\n" } };
    const expected = await lab.run(job);
    await stockFully();
    const before = await names();
    const prepared = await prepareJob(lab.engine, { ...lab.request(job), owner, spares });
    const [added] = (await names()).filter((name) => !before.includes(name));
    assert.equal(added?.endsWith("-job"), true, "only the job's own container is new");
    assert.equal((await prepared.run()).outputHash, expected.outputHash);
    await prepared.dispose();
    const left = await names();
    assert.equal(left.length, 1);
    assert.ok(before.includes(left[0] ?? ""), "the other spare cell is still unused");
  });

  it("makes a new one for a job with other limits, and for one more than there are", async () => {
    await stockFully();
    const before = await names();
    const other = await spares.take({ ...limits, outputBytes: limits.outputBytes + 4096 });
    const taken = [await spares.take(limits), await spares.take(limits), await spares.take(limits)];
    const holders = (await names()).filter((name) => !before.includes(name));
    await Promise.all([other, ...taken].map(({ emptyMark }) => emptyMark));
    assert.ok(holders.length <= 2 && (await names()).length === 4);
  });

  it("passes over one whose holder is gone", async () => {
    await stockFully();
    const before = await names();
    for (const name of before) await lab.engine.docker.getContainer(name.slice(1)).remove({ force: true });
    const { cell, emptyMark } = await spares.take(limits);
    await emptyMark;
    assert.equal(before.includes(`/${cell.holder}`), false);
  });

  it("calls a run failed, not empty, when its holder was stopped meanwhile", async () => {
    const prepared = await prepareJob(lab.engine, { ...lab.request({ script: "echo lost > /output/file" }), owner, spares });
    for (const name of (await names()).filter((other) => other.endsWith("-holder")))
      await lab.engine.docker.getContainer(name.slice(1)).kill();
    await assert.rejects(prepared.run(), (error: unknown) => isParityError(error, "ENGINE_FAILED"));
    await prepared.dispose();
  });
});
