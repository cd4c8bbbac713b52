// `npm run test:indexer`: the indexer as it is shipped, on its own engine, beside a real chain and the page. Not part of `npm test`: its
// packages are large, and installed by themselves.
import assert from "node:assert/strict";
import {
  getChainTime,
  getTaskState,
  type Hex,
  isTerminal,
  listTasks,
  type Phase,
  type PostedTask,
  phaseOf,
  zeroAddress,
} from "@parity-protocol/sdk";
import { temporaryFolder } from "../cli/support/parity.ts";
import { openBrowser, type Visit } from "../explorer/support/browser.ts";
import { openStage, playLiarAndCopier, type Stage } from "../explorer/support/stage.ts";
import { openStaticHost, type StaticHost } from "../explorer/support/static-host.ts";
import { ensureInstalled, type Ponder, startPonder } from "./support/ponder.ts";

interface Answer {
  total: number;
  block: number;
  tasks: { topics: Hex[]; data: Hex; logIndex: Hex; blockNumber: Hex }[][];
}

const noMatch = `0x${"77".repeat(32)}` as const;

describe("the indexer, on Ponder", function () {
  this.timeout(900_000);
  const folder = temporaryFolder();
  let [stage, ponder]: [Stage, Ponder] = [] as never;
  let accepted: PostedTask;

  before(async () => {
    ensureInstalled();
    stage = await openStage();
    accepted = await playLiarAndCopier(stage);
    await playEveryPhase();
    const { chainId, rpcUrl, escrow } = stage.local.network;
    ponder = await startPonder({ chainId, rpcUrl, escrow, directory: folder.path });
    await caughtUp();
  });
  after(async () => {
    await ponder?.stop();
    await stage?.stop();
    folder.remove();
  });

  /** One that dies, one without a quorum, and one in each phase that lasts. */
  async function playEveryPhase(): Promise<void> {
    const three = { slots: 3, quorum: 2 };
    const dead = await stage.post(three);
    await stage.commit(dead, 0, stage.outputHash);
    const split = await stage.post(three);
    const openings = [];
    for (const runner of [0, 1, 2]) openings.push(await stage.commit(split, runner, `0x${String(runner + 1).repeat(64)}`));
    for (const opening of openings) await stage.reveal(split, opening);
    await stage.pass(700);
    await stage.post({ ...three, gate: zeroAddress });
    const sealed = await stage.post({ ...three, revealDelaySeconds: 3_000 });
    for (const runner of [0, 1, 2]) await stage.commit(sealed, runner, stage.outputHash);
    const revealing = await stage.post(three);
    const [first] = [await stage.commit(revealing, 0, stage.outputHash), await stage.commit(revealing, 1, stage.outputHash)];
    await stage.commit(revealing, 2, stage.outputHash);
    await stage.reveal(revealing, first);
  }

  async function ask(query: Record<string, string>): Promise<Answer> {
    const all = { show: "all", search: "", at: String((await now()).next), sheet: "1", tasks: "25", ...query };
    const response = await fetch(`${ponder.url}/tasks?${new URLSearchParams(all).toString()}`);
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Answer;
  }
  /** Ready is what it was before the last blocks: those it follows as they come. */
  async function caughtUp(): Promise<void> {
    const head = Number(await stage.chain("eth_blockNumber"));
    await until(async () => (await ask({})).block >= head);
  }
  const now = () => getChainTime(stage.local.connection.client);
  const idsIn = ({ tasks }: Answer) => tasks.map((logs) => logs[0]?.topics[1] as Hex);
  const place = () => ({ escrow: stage.local.network.escrow, fromBlock: 0n });

  /** What the chain says: every task with its phase at a time, the newest first. */
  async function phasesAt(at: number): Promise<[Hex, Phase, boolean][]> {
    const { client } = stage.local.connection;
    const tasks = (await listTasks(client, place())).toReversed();
    return Promise.all(
      tasks.map(async ({ taskId, terms }): Promise<[Hex, Phase, boolean]> => {
        const { state } = await getTaskState(client, { escrow: place().escrow, taskId });
        return [taskId, phaseOf(state, at), terms.gate === zeroAddress];
      }),
    );
  }

  it("filters as the contract's phases say, now and whatever time has passed", async () => {
    const { next } = await now();
    for (const at of [next, next + 500, next + 2_000, next + 3_700, next + 10_000]) {
      const all = await phasesAt(at);
      const shown = {
        all: all.map(([id]) => id),
        live: all.filter(([, phase]) => !isTerminal(phase)).map(([id]) => id),
        accepted: all.filter(([, phase]) => phase === "ACCEPTED").map(([id]) => id),
        void: all.filter(([, phase]) => phase === "VOID").map(([id]) => id),
        dead: all.filter(([, phase]) => phase === "DEAD").map(([id]) => id),
        "no-gate": all.filter(([, , isOpenToAnyone]) => isOpenToAnyone).map(([id]) => id),
      };
      for (const [show, ids] of Object.entries(shown)) {
        const answer = await ask({ show, at: String(at) });
        assert.deepEqual([idsIn(answer), answer.total], [ids, ids.length], `${show} at ${at - next} s`);
      }
    }
  });

  it("gives each task's logs as the chain does", async () => {
    const filter = { address: place().escrow, fromBlock: "0x0", toBlock: "latest" };
    const logs = (await stage.chain("eth_getLogs", filter)) as Answer["tasks"][number];
    const given = (await ask({})).tasks.flat();
    const keyOf = ({ blockNumber, logIndex }: Answer["tasks"][number][number]) => Number(blockNumber) * 1_000 + Number(logIndex);
    const kept = ({ topics, data, logIndex, blockNumber }: Answer["tasks"][number][number]) => ({ topics, data, logIndex, blockNumber });
    assert.deepEqual(
      given.map(kept).toSorted((a, b) => keyOf(a) - keyOf(b)),
      logs.map(kept),
    );
  });

  it("finds tasks by the beginning of an id, a job, an output, a submitter, a gate or a runner", async () => {
    const { identity, payee } = stage.opening(3, stage.outputHash);
    const total = (await ask({})).total;
    for (const [search, count] of [
      [accepted.taskId.slice(0, 14), 1],
      [accepted.taskId.slice(2).toUpperCase(), 1],
      [stage.jobHash, total],
      [stage.outputHash.slice(0, 20), 1],
      [stage.submitter.account.address, total],
      [stage.gate, total - 1],
      [payee, 1],
      [identity, 1],
      [noMatch, 0],
      ["0x'; drop table task; --", 0],
    ] as const)
      assert.equal((await ask({ search })).total, count, search);
  });

  it("gives each sheet of each filter in the same order, also from the far end", async () => {
    for (const show of ["all", "live", "accepted", "void", "dead", "no-gate"]) {
      const at = String((await now()).next + 500);
      const whole = idsIn(await ask({ show, at }));
      const sheets = await Promise.all(whole.map((_, i) => ask({ show, at, tasks: "1", sheet: String(i + 1) })));
      assert.deepEqual(sheets.flatMap(idsIn), whole, show);
    }
  });

  it("finds by a beginning that many names have, each task once, and filters what it finds", async () => {
    const all = await ask({});
    for (const search of ["0", "00", "a"]) {
      const found = await ask({ search });
      const isFound = (id: Hex) => idsIn(found).includes(id);
      assert.deepEqual(idsIn(found), idsIn(all).filter(isFound), search);
      assert.equal(found.total, idsIn(found).length, search);
    }
    const { total } = await ask({ search: stage.jobHash, show: "accepted" });
    assert.equal(total, (await ask({ show: "accepted" })).total);
    assert.deepEqual(idsIn(await ask({ search: stage.jobHash, tasks: "2", sheet: "2" })), idsIn(all).slice(2, 4));
  });

  it("gives sheet by sheet, the last one for what is beyond it, and refuses what is no query", async () => {
    const ids = idsIn(await ask({}));
    const sheets = [await ask({ tasks: "2", sheet: "1" }), await ask({ tasks: "2", sheet: "2" }), await ask({ tasks: "2", sheet: "999" })];
    assert.deepEqual(sheets.map(idsIn), [ids.slice(0, 2), ids.slice(2, 4), ids.slice(ids.length - (ids.length % 2 || 2))]);
    for (const query of ["", "show=some&at=1&sheet=1&tasks=1", "show=all&at=-1&sheet=1&tasks=1", "show=all&at=1&sheet=0&tasks=1"])
      assert.equal((await fetch(`${ponder.url}/tasks?${query}`)).status, 400, query);
  });

  it("takes back what a reorganisation took back", async () => {
    const snapshot = await stage.chain("evm_snapshot");
    const before = (await ask({})).total;
    const [gone] = [await stage.post({ slots: 3, quorum: 2, nonce: 77n }), await stage.post({ slots: 3, quorum: 2, nonce: 79n })];
    await until(async () => (await ask({})).total === before + 2);
    await stage.chain("evm_revert", snapshot);
    const other = await stage.post({ slots: 3, quorum: 2, nonce: 78n });
    await until(async () => idsIn(await ask({}))[0] === other.taskId);
    const all = await ask({});
    assert.deepEqual([all.total, idsIn(all).length, idsIn(all).includes(gone.taskId)], [before + 1, before + 1, false]);
    assert.equal((await ask({ search: gone.taskId })).total, 0);
    const shown = await Promise.all(["live", "accepted", "void", "dead"].map((show) => ask({ show })));
    assert.equal(
      shown.reduce((sum, { total }) => sum + total, 0),
      before + 1,
    );
  });

  describe("with the page", () => {
    let [host, visit]: [StaticHost, Visit] = [] as never;
    before(async () => {
      [host, visit] = await Promise.all([openStaticHost(), openBrowser()]);
      const { chainId, rpcUrl, escrow, deployedAtBlock, storeUrl } = stage.local.network;
      host.networkFile = JSON.stringify({ chainId, rpcUrl, escrow, deployedAtBlock, storeUrls: [storeUrl], indexerUrl: ponder.url });
    });
    after(async () => {
      await visit?.close();
      host?.close();
    });

    it("is what the list of tasks is read from, with all that the page makes of it by itself", async () => {
      const { page } = visit;
      await page.goto(`${host.url}#/tasks?show=accepted`);
      await page.getByText(`Listed by the indexer at ${new URL(ponder.url).host}`).waitFor();
      await page.locator(".page-head").getByText("1 task", { exact: true }).waitFor();
      await page
        .getByRole("row")
        .filter({ hasText: /Accepted.*3 of 5.*3 needed/ })
        .waitFor();
      await page.locator(`tbody a[href="#/tasks/${accepted.taskId}"]`).click();
      await page.getByText("Copied", { exact: true }).waitFor();
      assert.deepEqual(visit.complaints, []);
    });
  });

  async function until(isSo: () => Promise<boolean>): Promise<void> {
    const giveUpAt = performance.now() + 60_000;
    while (!(await isSo())) if (performance.now() > giveUpAt) throw new Error("the indexer did not get there");
  }
});
