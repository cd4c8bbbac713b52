import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Hex, revealsFrom, revealsUntil } from "@parity-protocol/sdk";
import { numberToHex, parseGwei, parseTransaction } from "viem";
import { getBlock, getTransactionCount } from "viem/actions";
import { giveLab } from "./support/give-lab.ts";
import { type LabRunner, RunnerLab } from "./support/lab.ts";

/** Seconds from one block to the next. */
const pace = 4;
/** As many heads as a runner remembers. */
const rememberedHeads = 16;
const ceiling = parseGwei("45");
const windowSeconds = 3_600;

interface Offer {
  nonce: number;
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
}

function offerOf({ nonce = 0, maxFeePerGas = 0n, maxPriorityFeePerGas = 0n }: { [field in keyof Offer]?: unknown }): Offer {
  return { nonce: Number(nonce), maxFeePerGas: BigInt(maxFeePerGas as Hex), maxPriorityFeePerGas: BigInt(maxPriorityFeePerGas as Hex) };
}

/** On anvil, whose every block, its time and its base fee are the test's. The runner's clock moves with the blocks alone. */
describe("runner whose transactions wait for their blocks", function () {
  this.timeout(240_000);
  let lab: RunnerLab;

  giveLab(
    () => RunnerLab.open({ anvil: [], chainId: 31_338 }),
    (opened) => {
      lab = opened;
    },
  );
  afterEach(async () => {
    await lab.rpc("anvil_removeBlockTimestampInterval", []);
    await lab.rpc("evm_setAutomine", [true]);
  });

  const start = (index: number) =>
    lab.start(index, {
      change: { RUNNER_MAX_FEE_PER_GAS_WEI: String(ceiling), RUNNER_CONFIRMATIONS: "0", RUNNER_METRICS_PORT: "0" },
      ports: { monotonicMs: () => 0 },
    });

  /** Makes a block of a time and a base fee, and waits until the runner has followed it. */
  async function mineAt(runner: LabRunner, timestamp: number, baseFeeWei = parseGwei("1")): Promise<void> {
    await lab.rpc("anvil_setNextBlockBaseFeePerGas", [numberToHex(baseFeeWei)]);
    await lab.rpc("evm_setNextBlockTimestamp", [timestamp]);
    await lab.rpc("evm_mine", []);
    const { number } = await getBlock(lab.submitter);
    await lab.until(async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${runner.metricsPort}/metrics`)).text();
      return BigInt(/^parity_runner_head_block (\d+)$/m.exec(metrics)?.[1] ?? 0) >= number;
    });
  }

  /** Lets a runner commit to a task and learn how fast blocks come; from then on blocks are made by hand. */
  async function commitTo(runner: LabRunner, script: string): Promise<{ taskId: Hex; revealsStart: number; revealsEnd: number }> {
    const { taskId } = await lab.post(await lab.upload({ script }), { revealDelaySeconds: windowSeconds });
    await runner.said("Result committed", taskId);
    await lab.rpc("evm_setAutomine", [false]);
    await lab.rpc("anvil_setBlockTimestampInterval", [1]);
    const now = Number((await getBlock(lab.submitter)).timestamp);
    for (let i = 1; i <= rememberedHeads + 1; i++) await mineAt(runner, now + i * pace);
    const { state } = await lab.stateOf(taskId);
    return { taskId, revealsStart: revealsFrom(state), revealsEnd: revealsUntil(state) };
  }

  /** Waits until the pool holds a transaction of a runner that offers a tip of so much at the least. */
  async function waitForOffer(index: number, leastTip: bigint): Promise<Offer> {
    let offer: Offer | undefined;
    await lab.until(async () => {
      const { pending, queued } = (await lab.rpc("txpool_content", [])) as Record<string, Record<string, Record<string, Hex>>>;
      const address = lab.addressOf(index).toLowerCase();
      const own = [pending, queued].flatMap((part) => Object.entries(part ?? {}));
      const [found] = own.flatMap(([from, byNonce]) => (from.toLowerCase() === address ? Object.values(byNonce) : [])) as unknown as Record<
        string,
        Hex
      >[];
      offer = found && offerOf(found);
      return offer !== undefined && offer.maxPriorityFeePerGas >= leastTip;
    });
    assert.ok(offer);
    return offer;
  }

  /** Reads a runner's journal: the transactions that it signed for a task, in this order; what they offered is kept until they are mined. */
  function signedFor(index: number, taskId: Hex): { verb: string; offer: Offer | undefined }[] {
    const journal = new DatabaseSync(join(lab.directory, `runner-${index}`, "journal.sqlite"), { readOnly: true });
    try {
      const query = "SELECT verb, raw FROM transactions JOIN transaction_steps USING (hash) WHERE task_id = ? ORDER BY transactions.rowid";
      return journal
        .prepare(query)
        .all(taskId)
        .map(({ verb, raw }) => ({ verb: String(verb), offer: raw ? offerOf(parseTransaction(raw as `0x02${string}`)) : undefined }));
    } finally {
      journal.close();
    }
  }

  it("replaces a reveal that is stuck under the same nonce, pays more as its deadline nears, and never more than the ceiling", async () => {
    const runner = await start(1);
    const { taskId, revealsStart, revealsEnd } = await commitTo(runner, "echo stuck");
    const nonce = await getTransactionCount(lab.submitter, { address: lab.addressOf(1) });
    await mineAt(runner, revealsStart);
    const first = await waitForOffer(1, 1n);
    const tip = first.maxPriorityFeePerGas;
    const offers = [first];
    // So many blocks before the end the tip is this many times the usual one.
    for (const [blocksLeft, times] of [
      [11, 2n],
      [5, 4n],
      [2, 8n],
    ] as const) {
      const { maxFeePerGas } = offers.at(-1) ?? first;
      // By the runner's clock it is already the time that the pending block has.
      await mineAt(runner, revealsEnd - blocksLeft * pace - 1, maxFeePerGas + 1n);
      offers.push(await waitForOffer(1, tip * times));
    }
    assert.deepEqual(
      offers.map((offer) => offer.nonce),
      Array(4).fill(nonce),
    );
    assert.ok(offers.every(({ maxFeePerGas }, i) => i === 0 || maxFeePerGas > (offers[i - 1]?.maxFeePerGas ?? 0n)));
    assert.equal(offers.at(-1)?.maxFeePerGas, ceiling);
    await mineAt(runner, revealsEnd - 6, ceiling + 1n);
    // The chain drops what pays less than a block asks for; it is offered again, for no more.
    assert.deepEqual(await waitForOffer(1, tip * 8n), offers.at(-1));
    const signed = signedFor(1, taskId).flatMap(({ verb, offer }) => (verb === "reveal" && offer ? [offer] : []));
    assert.ok(signed.every((offer) => offer.nonce === nonce && offer.maxFeePerGas <= ceiling));
    const tips = signed.map((offer) => offer.maxPriorityFeePerGas);
    const leaps = tips.filter((own, i) => i > 0 && own * 2n >= (tips[i - 1] ?? own) * 3n);
    assert.equal(leaps.length, 3, "one for each tier: a replacement by itself pays an eighth more");
    await mineAt(runner, revealsEnd - 3, ceiling - 1n);
    await runner.said("Result revealed", taskId);
    await runner.stop();
  });

  it("does not send a reveal that would land too late", async () => {
    const runner = await start(2);
    const { taskId, revealsEnd } = await commitTo(runner, "echo late");
    await mineAt(runner, revealsEnd - pace + 1);
    await runner.saidBecause("reveal-too-late", taskId);
    await mineAt(runner, revealsEnd);
    await runner.said("Task done", taskId);
    const verbs = signedFor(2, taskId).map(({ verb }) => verb);
    assert.deepEqual(verbs, ["reserve", "commit"]);
    await runner.stop();
  });
});
