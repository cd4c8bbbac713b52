import assert from "node:assert/strict";
import type { PostedTask } from "@parity-protocol/sdk";
import type { Request } from "playwright-core";
import type { ServedExplorer } from "../../cli/explorer/serve-explorer.ts";
import { openBrowser, serveFor, type Visit } from "./support/browser.ts";
import { openStage, type Stage } from "./support/stage.ts";

/** A request for logs, as the page sent it. */
interface LogRequest {
  fromBlock: number;
  toBlock: number;
}

describe("what the page knows of the chain", () => {
  let [stage, served, visit]: [Stage, ServedExplorer, Visit] = [] as never;
  let accepted: PostedTask;
  const logRequests: LogRequest[] = [];

  before(async () => {
    stage = await openStage();
    [served, visit] = await Promise.all([serveFor(stage.local.network), openBrowser()]);
    visit.page.on("request", (request) => logRequests.push(...logRequestsIn(request)));
    accepted = await stage.post({ slots: 1, quorum: 1 });
    await stage.reveal(accepted, await stage.commit(accepted, 0, stage.outputHash));
    await visit.page.goto(served.url);
  });
  after(async () => {
    await visit?.close();
    await served?.close();
    await stage?.stop();
  });
  afterEach(() => assert.deepEqual(visit.complaints, []));

  const { task, count } = {
    task: ({ taskId }: PostedTask) => visit.page.locator(`a[href="#/tasks/${taskId}"]`),
    count: (text: string) => visit.page.locator(".page-head").getByText(text, { exact: true }),
  };
  const mine = (blocks: number) => stage.chain("hardhat_mine", `0x${blocks.toString(16)}`);

  it("shows what was posted before, and what is posted while one looks", async () => {
    await task(accepted).waitFor();
    await count("1 task").waitFor();
    const live = await stage.post({ slots: 2, quorum: 2 });
    await task(live).waitFor();
    assert.match(
      await visit.page
        .getByRole("row")
        .filter({ has: task(live) })
        .innerText(),
      /Open[\s\S]*left[\s\S]*0 of 2 committed/,
    );
    await stage.commit(live, 1, stage.outputHash);
    await visit.page.getByText("1 of 2 committed").waitFor();
  });

  it("filters by phase and by gate, and keeps the filter in the address", async () => {
    const open = await stage.post({ slots: 1, quorum: 1, gate: "0x0000000000000000000000000000000000000000" });
    await visit.page.getByRole("link", { name: "Accepted" }).click();
    await count("1 task").waitFor();
    await visit.page.getByRole("link", { name: "Live" }).click();
    await count("2 tasks").waitFor();
    await visit.page.getByRole("link", { name: "Open to anyone" }).click();
    await task(open).waitFor();
    assert.match(visit.page.url(), /#\/tasks\?show=no-gate$/);
    await visit.page.reload();
    await count("1 task").waitFor();
    await visit.page.getByRole("link", { name: "Void" }).click();
    await visit.page.getByText("No task is like that").waitFor();
    await visit.page.getByRole("link", { name: "Show all tasks" }).click();
  });

  it("finds tasks by the beginning of an id, a job, an output or a runner", async () => {
    const search = visit.page.getByRole("searchbox");
    const runner = stage.runners[1]?.account.address ?? "";
    for (const [text, tasks] of [
      [accepted.taskId.slice(0, 14), "1 task"],
      [accepted.taskId.slice(2, 14), "1 task"],
      [stage.jobHash, "3 tasks"],
      [stage.outputHash.slice(0, 20), "1 task"],
      [runner, "1 task"],
    ] as const) {
      await search.fill(text);
      await count(tasks).waitFor();
    }
    await search.fill(`0x${"ab".repeat(32)}`);
    await visit.page.getByRole("link", { name: "Ask the chain for it" }).click();
    await visit.page.getByText("This escrow has no such task").waitFor();
    await visit.page.goto(`${served.url}#/tasks`);
  });

  it("keeps its cursor in the browser: after a reload it reads the new blocks only", async () => {
    await mine(120);
    const head = Number(await stage.chain("eth_blockNumber"));
    const isSettled = () => logRequests.some(({ toBlock }) => toBlock === head);
    while (!isSettled()) await visit.page.waitForEvent("request");
    await visit.page.getByText(`block ${head}`).waitFor();
    await visit.page.reload();
    logRequests.length = 0;
    await count("3 tasks").waitFor();
    await stage.post({ slots: 3, quorum: 2 });
    await count("4 tasks").waitFor();
    assert.ok(logRequests.length > 0);
    assert.ok(Math.min(...logRequests.map(({ fromBlock }) => fromBlock)) > head - 64, JSON.stringify(logRequests));
  });

  it("shows what it kept while the chain does not answer, says so, and goes on by itself", async () => {
    const { rpcUrl } = stage.local.network;
    await visit.page.route(`${rpcUrl}/**`, (route) => route.abort());
    await visit.page.getByText("The chain does not answer; what stands here may be old").waitFor();
    await task(accepted).waitFor();
    await visit.page.unroute(`${rpcUrl}/**`);
    await visit.page.getByText("The chain does not answer").waitFor({ state: "detached" });
    await visit.page.locator("header").getByText("Live", { exact: true }).waitFor();
  });

  it("takes back what a short reorganisation took back", async () => {
    const snapshot = await stage.chain("evm_snapshot");
    const gone = await stage.post({ slots: 3, quorum: 2, nonce: 7n });
    await task(gone).waitFor();
    await stage.chain("evm_revert", snapshot);
    const other = await stage.post({ slots: 3, quorum: 2, nonce: 8n });
    await task(other).waitFor();
    assert.equal(await task(gone).count(), 0);
  });

  it("takes back what was kept, too, when a reorganisation is deeper than what it takes for final", async () => {
    const snapshot = await stage.chain("evm_snapshot");
    const gone = await stage.post({ slots: 3, quorum: 2, nonce: 9n });
    await mine(90);
    const head = Number(await stage.chain("eth_blockNumber"));
    await visit.page.getByText(`block ${head}`).waitFor();
    await task(gone).waitFor();
    await stage.chain("evm_revert", snapshot);
    const other = await stage.post({ slots: 3, quorum: 2, nonce: 10n });
    await mine(95);
    await task(other).waitFor();
    await visit.page.reload();
    await task(other).waitFor();
    await task(accepted).waitFor();
    assert.equal(await task(gone).count(), 0);
  });
});

function logRequestsIn(request: Request): LogRequest[] {
  const body: unknown = request.method() === "POST" ? JSON.parse(request.postData() ?? "null") : undefined;
  const { method, params } = (body ?? {}) as { method?: string; params?: { fromBlock: string; toBlock: string }[] };
  if (method !== "eth_getLogs") return [];
  return (params ?? []).map(({ fromBlock, toBlock }) => ({ fromBlock: Number(fromBlock), toBlock: Number(toBlock) }));
}
