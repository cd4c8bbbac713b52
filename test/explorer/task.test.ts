import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { PostedTask } from "@parity-protocol/sdk";
import type { ServedExplorer } from "../../cli/explorer/serve-explorer.ts";
import { openBrowser, serveFor, type Visit } from "./support/browser.ts";
import { hostile, openStage, playLiarAndCopier, type Stage } from "./support/stage.ts";

describe("the page of a task", () => {
  let [stage, served, visit]: [Stage, ServedExplorer, Visit] = [] as never;
  let task: PostedTask;
  before(async () => {
    stage = await openStage();
    [task, served, visit] = await Promise.all([playLiarAndCopier(stage), serveFor(stage.local.network), openBrowser()]);
    await visit.page.goto(`${served.url}#/tasks/${task.taskId}`);
  });
  after(async () => {
    await visit?.close();
    await served?.close();
    await stage?.stop();
  });
  afterEach(() => assert.deepEqual(visit.complaints, []));

  const rows = () => visit.page.getByRole("table", { name: /slots of this task/ }).getByRole("row");
  const file = (name: string) => visit.page.getByRole("list", { name: "Output files" }).getByRole("listitem").filter({ hasText: name });

  it("shows who answered what: three that match and are paid, the copier and the liar as such, with their strikes", async () => {
    await rows().nth(5).waitFor();
    const [, first, copier, ...others] = await rows().allInnerTexts();
    const liar = others.at(-1);
    for (const honest of [first, others[0], others[1]]) {
      assert.match(String(honest), /Match/);
      assert.match(String(honest), /0\.016666666666666666 ETH/);
    }
    assert.match(String(copier), /Copied[\s\S]*Strike 1 of 3[\s\S]*The same commitment as slot 1[\s\S]*nothing/);
    assert.match(String(liar), /Mismatch[\s\S]*Strike 1 of 3[\s\S]*Another output than the quorum's[\s\S]*nothing/);
  });

  it("shows the phases on a line, the end as the present one, and what happened in each", async () => {
    const line = visit.page.getByRole("list", { name: "Phases of the task" });
    assert.match(await line.innerText(), /Open[\s\S]*5 committed[\s\S]*Revealing[\s\S]*4 revealed[\s\S]*Accepted/);
    assert.match(await line.locator("[aria-current=step]").innerText(), /Accepted/);
  });

  it("gives the command that re-runs it", async () => {
    await visit.page.getByText(`parity verify ${task.taskId}`).waitFor();
  });

  it("says the job in words, once the spec was hashed here", async () => {
    await visit.page.getByText("The spec was hashed here").waitFor();
    const job = await visit.page.getByRole("region", { name: "Job", exact: true }).innerText();
    assert.match(job, /without network, from an image of 16 bytes for linux\/amd64/);
    assert.match(job, /at most 5 min/);
    assert.match(job, /--title 'Q3 <b>figures<\/b>'/);
  });

  it("shows a file as text with a tick, after its bytes were hashed here", async () => {
    await file("report.txt").getByRole("button", { name: "View" }).click();
    await file("report.txt").getByText("hash verified").waitFor();
    assert.match(await file("report.txt").getByRole("region").innerText(), /Sum of a: 1\nSum of b: 2/);
  });

  it("shows what is no text digit by digit", async () => {
    await file("invoice").getByRole("button", { name: "View" }).click();
    assert.match(await file("invoice").getByRole("region").innerText(), /^000000 {2}00 07 0e/);
    assert.match(await file("invoice").innerText(), /The first 512 bytes of 600 bytes/);
  });

  it("saves a file under a harmless name, with the bytes that were hashed", async () => {
    const saving = visit.page.waitForEvent("download");
    await file("onerror").getByRole("button", { name: "Save" }).click();
    const download = await saving;
    assert.equal(download.suggestedFilename(), "_img src=x onerror=_document.title=`owned`__.html");
    assert.equal(await readFile(await download.path(), "utf8"), "<script>document.title = 'owned'</script>\n");
  });

  it("shows markup, escape and bidirectional characters of a hostile job as text, by their names", async () => {
    assert.match(await file("invoice").innerText(), /invoiceU\+202Efdp\.exe/);
    assert.ok((await file("onerror").innerText()).includes(hostile.markup));
    const printed = file("What it printed");
    await printed.getByRole("button", { name: "View" }).click();
    assert.match(await printed.getByRole("region").innerText(), /U\+001B\]0;ownedU\+0007U\+001B\[31mred[\s\S]*<script>/);
    assert.equal(await visit.page.title(), "Parity Explorer");
    assert.equal(await visit.page.locator("main img, main script").count(), 0);
  });

  it("lists what the chain recorded", async () => {
    await visit.page.getByText(/All \d+ events on the chain/).click();
    const log = visit.page.getByRole("table", { name: /Events of this task/ });
    assert.equal(await log.getByRole("row").count(), 1 + 1 + 5 + 4 + 1 + 4 + 2);
  });

  it("asks no store that the submitter names alone before the visitor agrees", async () => {
    const asked: string[] = [];
    visit.page.on("request", (request) => asked.push(request.url()));
    const foreign = await stage.post({}, "https://stranger.example/blobs http://127.0.0.1:9/x");
    await visit.page.goto(`${served.url}#/tasks/${foreign.taskId}`);
    await visit.page.getByText("The submitter names other stores").waitFor();
    await visit.page.getByText("The spec was hashed here").waitFor();
    assert.deepEqual(
      asked.filter(
        (url) =>
          !url.startsWith(served.url) && !url.startsWith(stage.local.network.rpcUrl) && !url.startsWith(stage.local.network.storeUrl),
      ),
      [],
    );
  });

  it("flags a task without a gate, and counts its deadline down", async () => {
    const open = await stage.post({ gate: "0x0000000000000000000000000000000000000000", slots: 1, quorum: 1 });
    await visit.page.goto(`${served.url}#/tasks/${open.taskId}`);
    await visit.page.getByText("Open to anyone: the result says nothing about who agreed").waitFor();
    await visit.page
      .getByRole("list", { name: "Phases of the task" })
      .getByText(/(9 min|10 min).* left/)
      .waitFor();
  });

  it("says that an id is not of this escrow, and what a wrong address leads to", async () => {
    await visit.page.goto(`${served.url}#/tasks/0x${"12".repeat(32)}`);
    await visit.page.getByText("This escrow has no such task").waitFor();
    await visit.page.goto(`${served.url}#/tasks/<img src=x>`);
    await visit.page.getByText("There is nothing here").waitFor();
  });

  it("shows nothing of a file whose bytes are not the committed ones", async () => {
    const { storeUrl } = stage.local.network;
    await visit.page.route(`${storeUrl}/blobs/*`, async (route) => {
      const response = await route.fetch();
      const body = await response.body();
      const isReport = body.includes("Sum of a");
      await route.fulfill({ response, body: isReport ? body.toString().replace("1", "9") : body });
    });
    await visit.page.goto(`${served.url}#/tasks/${task.taskId}`);
    await visit.page.reload();
    await file("report.txt").getByRole("button", { name: "View" }).click();
    await file("report.txt").getByText("Not verified: nothing of it is shown").waitFor();
    assert.doesNotMatch(await file("report.txt").innerText(), /hash verified|Sum of/);
    await visit.page.unroute(`${storeUrl}/blobs/*`);
  });
});
