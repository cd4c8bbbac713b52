import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { ChainSender, StepCall } from "@parity-protocol/runner";
import { fetchResult, getStderrNote, type Hex, identityOf, type PostedTask } from "@parity-protocol/sdk";
import { getBalance } from "viem/actions";
import { giveLab } from "./support/give-lab.ts";
import { RunnerLab } from "./support/lab.ts";

describe("runner", () => {
  let lab: RunnerLab;

  giveLab(
    () => RunnerLab.open(),
    (opened) => {
      lab = opened;
    },
  );

  /** Names of a task's events, with who was in them. */
  async function storyOf(taskId: Hex): Promise<string[]> {
    return (await lab.eventsOf(taskId)).map(({ name, args }) =>
      "identity" in args ? `${name} ${Number(BigInt(args.identity) & 0xffffn)}` : name,
    );
  }

  const count = (story: string[], name: string) => story.filter((line) => line.startsWith(name)).length;

  it("alone completes a task of one slot: from the post to the payout, with output and stderr at the store", async () => {
    const payee = "0x00000000000000000000000000000000000000A1";
    const runner = await lab.start(1, { change: { RUNNER_PAYEE: payee } });
    const job = {
      script: "while read l; do echo $l; done < /input/words > /output/copy; echo done; echo oops >&2",
      input: { words: "one\ntwo\n" },
    };
    const { taskId } = await lab.post(await lab.upload(job));
    const { outcome, outputHash = "0x" } = await lab.waitForResult(taskId);
    assert.equal(outcome, "ACCEPTED");
    await runner.said("Task done", taskId);
    assert.equal(await getBalance(lab.submitter, { address: payee }), 3_000_000n);
    const result = await fetchResult({ outputHash, sources: [lab.store] });
    assert.equal(Buffer.from(await new Response(await result.openFile("copy")).arrayBuffer()).toString(), "one\ntwo\n");
    const stderr = await getStderrNote(lab.storeServer.url, { taskId, identity: identityOf(runner.address) });
    assert.equal(Buffer.from(stderr ?? []).toString(), "oops\n");
    await runner.stop();
  });

  it("takes tasks one after another when it has room for one, and none that it could not finish in time", async () => {
    const runner = await lab.start(1, { change: { RUNNER_CONCURRENCY: "1" } });
    const jobHash = await lab.upload({ script: "echo again" });
    const tasks = [await lab.post(jobHash), await lab.post(jobHash), await lab.post(jobHash)];
    const hasty = await lab.post(jobHash, { commitDeadline: (await lab.now()) + 20 });
    await Promise.all(tasks.map(({ taskId }) => runner.said("Payout claimed", taskId)));
    assert.match(String((await runner.said("Task done", hasty.taskId)).fields.why), /refused|too-late/);
    assert.deepEqual(await storyOf(hasty.taskId), ["TaskPosted"]);
    const jobs = runner.lines.filter(({ sentence }) => ["Slot reserved", "Job executed"].includes(sentence));
    assert.deepEqual(
      jobs.map(({ sentence }) => sentence),
      tasks.flatMap(() => ["Slot reserved", "Job executed"]),
    );
    await runner.stop();
  });

  it("takes no slot in an open task unless its operator allows open tasks", async () => {
    const careful = await lab.start(1, { change: { RUNNER_ALLOW_OPEN_TASKS: "false" } });
    const { taskId } = await lab.post(await lab.upload({ script: ":" }));
    await careful.said("Task passed over", taskId);
    assert.deepEqual(await storyOf(taskId), ["TaskPosted"]);
    await careful.stop();
  });

  for (const [what, spec] of [
    ["is not JSON", "garbage"],
    ["names an image that does not exist in that shape", '{"version":1}'],
  ] as const)
    it(`takes no slot in a task whose job spec ${what}`, async () => {
      const runner = await lab.start(1);
      const { taskId } = await lab.post(await lab.uploadText(spec));
      const { fields } = await runner.said("Task refused", taskId);
      assert.equal((fields.reasons as { refusal: string }[])[0]?.refusal, "JOB_SPEC_INVALID");
      await runner.said("Task done", taskId);
      assert.deepEqual(await storyOf(taskId), ["TaskPosted"]);
      await runner.stop();
    });

  it("takes no slot in a task whose image archive is not one", async () => {
    const runner = await lab.start(1);
    const archive = await lab.uploadText("this is no archive");
    const spec = { ...lab.spec({ script: ":" }), image: { archive: archive.slice(2), bytes: 18, platform: lab.image.platform } };
    const { taskId } = await lab.post(await lab.uploadSpec(spec));
    const { fields } = await runner.said("Task refused", taskId);
    assert.match((fields.reasons as { refusal: string }[])[0]?.refusal ?? "", /^ARCHIVE_/);
    assert.deepEqual(await storyOf(taskId), ["TaskPosted"]);
    await runner.stop();
  });

  describe("given a gate with a list of five", () => {
    it("three agree and are paid; a liar is outvoted; a copier cannot open what it copied", async () => {
      const gate = await lab.gateFor(1, 2, 3, 4, 5);
      const seen: { commitment?: Hex } = {};
      const honest = [await lab.start(1), await lab.start(2), await lab.start(3)];
      const liar = await lab.start(4, {
        ports: { execute: (real) => async (job, signal) => ({ ...(await real(job, signal)), outputHash: `0x${"11".repeat(32)}` }) },
      });
      const copier = await lab.start(5, { ports: { sender: (real) => copyingSender(real, () => waitForCommitment(seen)) } });
      const watch = lab.watchCommitments((commitment) => (seen.commitment ??= commitment));
      const { taskId, terms } = await lab.post(await lab.upload({ script: "echo agreed" }), {
        slots: 5,
        quorum: 3,
        gate,
        revealWindowSeconds: 300,
      });
      await Promise.all([...honest, liar].map((runner) => runner.said("Result revealed", taskId)));
      watch.stop();
      await lab.passTime(301);
      await Promise.all([...honest, liar, copier].map((runner) => runner.said("Task done", taskId)));

      const story = await storyOf(taskId);
      assert.deepEqual(
        [count(story, "ResultCommitted"), count(story, "ResultRevealed"), count(story, "PayoutClaimed"), count(story, "TaskDecided")],
        [5, 4, 3, 1],
      );
      const { outputHash = "0x" } = await lab.waitForResult(taskId);
      assert.equal((await fetchResult({ outputHash, sources: [lab.store] })).manifest.outcome, "exited");
      assert.equal((await copier.said("Task done", taskId)).fields.why, "commitment-foreign");
      assert.equal((await liar.said("Task done", taskId)).fields.why, "outvoted");
      assert.equal(terms.gate, gate);
      await Promise.all([...honest, liar, copier].map((runner) => runner.stop()));
    });
  });

  describe("given a commitment in the chain and a restart before the reveal", () => {
    async function committed(): Promise<PostedTask> {
      const runner = await lab.start(1);
      const posted = await lab.post(await lab.upload({ script: "echo kept" }), { revealDelaySeconds: 600 });
      await runner.said("Result committed", posted.taskId);
      await runner.stop();
      return posted;
    }

    async function assertRevealsAfter(posted: PostedTask): Promise<void> {
      const { taskId } = posted;
      const runner = await lab.start(1);
      await lab.passTime(601);
      assert.equal((await runner.said("Task done", taskId)).fields.why, "settled");
      const story = await storyOf(taskId);
      assert.deepEqual([count(story, "ResultCommitted"), count(story, "ResultRevealed"), count(story, "PayoutClaimed")], [1, 1, 1]);
      const { outputHash = "0x" } = await lab.waitForResult(taskId);
      assert.equal((await fetchResult({ outputHash, sources: [lab.store] })).manifest.outcome, "exited");
      await runner.stop();
    }

    it("reveals out of its journal, without running the job again", async () => {
      const posted = await committed();
      await assertRevealsAfter(posted);
    });

    it("runs the job again and reveals the same commitment, when the journal and everything else on its disk is gone", async () => {
      const posted = await committed();
      rmSync(join(lab.directory, "runner-1"), { recursive: true });
      await assertRevealsAfter(posted);
    });
  });

  it("publishes and claims what it revealed before its disk was lost, by trying what the committee decided", async () => {
    const first = await lab.start(1);
    const released = Promise.withResolvers<void>();
    const second = await lab.start(2, { ports: { sender: (real) => holdingBackReveals(real, released.promise) } });
    const { taskId } = await lab.post(await lab.upload({ script: "echo lost and found" }), { slots: 2, quorum: 2 });
    await first.said("Result revealed", taskId);
    await first.stop();
    rmSync(join(lab.directory, "runner-1"), { recursive: true });
    released.resolve();
    await second.said("Result revealed", taskId);
    await second.stop();

    const again = await lab.start(1);
    assert.equal((await again.said("Task done", taskId)).fields.why, "settled");
    await again.said("Output published", taskId);
    const story = await storyOf(taskId);
    assert.deepEqual([count(story, "ResultCommitted"), count(story, "ResultRevealed")], [2, 2]);
    assert.ok(count(story, "PayoutClaimed") >= 1);
    await again.stop();
  });

  it("lets only one runner into a directory", async () => {
    const runner = await lab.start(1);
    await assert.rejects(lab.start(2, { change: { RUNNER_DIRECTORY: join(lab.directory, "runner-1") } }), {
      code: "RUNNER_DIRECTORY_IN_USE",
    });
    await runner.stop();
  });

  function holdingBackReveals(real: ChainSender, released: Promise<void>): ChainSender {
    return {
      send: async (call, signal) => {
        if (call.verb === "reveal") await released;
        return real.send(call, signal);
      },
    };
  }

  function copyingSender(real: ChainSender, original: () => Promise<Hex>): ChainSender {
    return {
      send: async (call: StepCall, signal) => {
        if (call.verb !== "commit") return real.send(call, signal);
        const [key, identity, , proof] = call.args;
        return real.send({ ...call, args: [key, identity, await original(), proof] }, signal);
      },
    };
  }

  async function waitForCommitment(seen: { commitment?: Hex }): Promise<Hex> {
    while (!seen.commitment) await new Promise((resolve) => setImmediate(resolve));
    return seen.commitment;
  }
});
