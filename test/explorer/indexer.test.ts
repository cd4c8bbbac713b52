import assert from "node:assert/strict";
import type { PostedTask } from "@parity-protocol/sdk";
import { type Hex, toEventSelector } from "viem";
import { openBrowser, type Visit } from "./support/browser.ts";
import { openStage, type Stage } from "./support/stage.ts";
import { openStandInIndexer, type StandInIndexer } from "./support/stand-in-indexer.ts";
import { openStaticHost, type StaticHost } from "./support/static-host.ts";

const revealed = toEventSelector("ResultRevealed(bytes32,bytes32,address,bytes32,bytes32)");

// The real indexer, Ponder, is tried by `npm run test:indexer`: it is installed on its own.
describe("the page with an indexer", () => {
  let [stage, host, indexer, visit]: [Stage, StaticHost, StandInIndexer, Visit] = [] as never;
  let accepted: PostedTask;
  before(async () => {
    stage = await openStage();
    [host, indexer, visit] = await Promise.all([openStaticHost(), openStandInIndexer(stage), openBrowser()]);
    accepted = await stage.post({ slots: 1, quorum: 1 });
    await stage.reveal(accepted, await stage.commit(accepted, 0, stage.outputHash));
    await stage.post({ slots: 2, quorum: 2 });
    host.networkFile = networkFile();
  });
  after(async () => {
    await visit?.close();
    indexer?.close();
    host?.close();
    await stage?.stop();
  });
  beforeEach(() => {
    indexer.distort = (answer) => answer;
  });
  afterEach(() => assert.deepEqual(visit.complaints, []));

  const networkFile = (change: object = {}) => {
    const { chainId, rpcUrl, escrow, deployedAtBlock, storeUrl } = stage.local.network;
    const network = { chainId, rpcUrl, escrow, deployedAtBlock, storeUrls: [storeUrl], indexerUrl: indexer.url, isFixed: true };
    return JSON.stringify({ ...network, ...change });
  };
  const open = async (place: string) => {
    await visit.page.goto(`${host.url}${place}`);
    await visit.page.reload();
  };
  const row = ({ taskId }: PostedTask) => visit.page.getByRole("row").filter({ has: visit.page.locator(`a[href="#/tasks/${taskId}"]`) });
  const lastQuery = () => Object.fromEntries(indexer.queries.at(-1) ?? []);

  it("shows its list, says whose it is and how far it goes, and turns its sheets", async () => {
    indexer.distort = (answer) => ({ ...answer, total: 1_000_000 });
    await open("#/tasks");
    await visit.page.getByText("1,000,000 tasks").waitFor();
    await row(accepted).waitFor();
    await visit.page.getByText(`Listed by the indexer at ${new URL(indexer.url).host}`).waitFor();
    const { at, ...asked } = lastQuery();
    assert.deepEqual(asked, { show: "all", search: "", sheet: "1", tasks: "25" });
    assert.match(String(at), /^\d{10}$/);
    await visit.page.getByRole("link", { name: "Older" }).click();
    await visit.page.getByText("2 of 40,000").waitFor();
    assert.equal(lastQuery().sheet, "2");
  });

  it("says where not all are listed", async () => {
    indexer.distort = (answer) => ({ ...answer, total: 20_000, isMore: true });
    await open("#/tasks?search=0x");
    await visit.page.getByText("More than 20,000 tasks; not all are listed").waitFor();
    await visit.page.getByText("1 of 800").waitFor();
  });

  it("asks it for what is filtered and searched", async () => {
    await open("#/tasks");
    await visit.page.getByRole("link", { name: "Accepted" }).click();
    await visit.page.getByRole("searchbox").fill(accepted.taskId.slice(0, 20));
    await visit.page.waitForResponse((response) => response.url().includes(`search=${accepted.taskId.slice(0, 20)}`));
    assert.equal(lastQuery().show, "accepted");
  });

  it("shows tasks that the page did not read itself", async () => {
    host.networkFile = networkFile({ deployedAtBlock: 9_999 });
    await open("#/tasks");
    assert.match(await row(accepted).innerText(), /Accepted[\s\S]*1 of 1/);
    host.networkFile = networkFile();
  });

  it("reads a task's own page from the chain, and believes the chain rather than the indexer in the list, too", async () => {
    indexer.distort = (answer) => ({
      ...answer,
      tasks: answer.tasks.map((logs) => logs.filter(({ topics }) => topics[0] !== revealed)),
    });
    await open("#/tasks");
    await visit.page.locator(".pulse-live").waitFor();
    await row(accepted).getByText("Accepted").waitFor();
    const before = indexer.queries.length;
    await open(`#/tasks/${accepted.taskId}`);
    await visit.page.getByText("Match", { exact: true }).waitFor();
    assert.equal(indexer.queries.length, before);
  });

  for (const [fault, distort] of [
    ["tells other terms than those that were posted", changed((logs) => logs.map((log) => ({ ...log, data: swapDigit(log.data) })))],
    ["follows another escrow", (answer) => ({ ...answer, escrow: `0x${"12".repeat(20)}` })],
    ["follows another chain", (answer) => ({ ...answer, chainId: 1 })],
    ["answers with something else", () => ({ hello: "world" })],
    ["lists more than was asked for", (answer) => ({ ...answer, tasks: Array(26).fill(answer.tasks[0]) })],
    ["lists the events of no task", changed((logs) => logs.slice(1))],
  ] satisfies [string, StandInIndexer["distort"]][])
    it(`goes on with what it read from the chain where the indexer ${fault}, and says so`, async () => {
      indexer.distort = distort;
      await open("#/tasks");
      await visit.page.getByText("The indexer gives no list; these are the tasks that this page read").waitFor();
      await visit.page.getByText("INDEXER_FAILED").waitFor();
      await row(accepted).waitFor();
      await visit.page.locator(".page-head").getByText("2 tasks", { exact: true }).waitFor();
    });

  it("goes on where the indexer is gone", async () => {
    host.networkFile = networkFile({ indexerUrl: "http://127.0.0.1:9" });
    await open("#/tasks");
    await visit.page.getByText("INDEXER_FAILED").waitFor();
    await row(accepted).waitFor();
    host.networkFile = networkFile();
  });
});

type Logs = Parameters<StandInIndexer["distort"]>[0]["tasks"][number];

function changed(change: (logs: Logs) => Logs): StandInIndexer["distort"] {
  return (answer) => ({ ...answer, tasks: answer.tasks.map(change) });
}

/** Another last digit of the first word, which is the bounty's where the terms begin. */
function swapDigit(data: Hex): Hex {
  return `${data.slice(0, 65)}${data[65] === "1" ? "2" : "1"}${data.slice(66)}` as Hex;
}
