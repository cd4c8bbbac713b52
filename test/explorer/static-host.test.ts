import assert from "node:assert/strict";
import { openBrowser, type Visit } from "./support/browser.ts";
import { openStage, type Stage } from "./support/stage.ts";
import { openStaticHost, type StaticHost } from "./support/static-host.ts";

describe("the page on any static host, in a folder of it", () => {
  let [stage, visit, host]: [Stage, Visit, StaticHost] = [] as never;
  let url: string;

  before(async () => {
    stage = await openStage();
    host = await openStaticHost();
    url = host.url;
    visit = await openBrowser();
  });
  after(async () => {
    await visit?.close();
    host?.close();
    await stage?.stop();
  });
  afterEach(() => assert.deepEqual(visit.complaints, []));

  const fill = async (fields: Readonly<Record<string, string>>) => {
    for (const [label, text] of Object.entries(fields)) await visit.page.getByLabel(label, { exact: true }).fill(text);
    await visit.page.getByRole("button", { name: "Show this network" }).click();
  };

  it("asks which network to show where nothing says so, and tells what is wrong with an answer", async () => {
    await visit.page.goto(url);
    await visit.page.getByRole("heading", { name: "Which network?" }).waitFor();
    await fill({ "Chain id": "one", "RPC address": "javascript:alert(1)", Escrow: "0x12" });
    await visit.page.getByText("NETWORK_FILE_INVALID").waitFor();
  });

  it("shows the network that the visitor fills in, and remembers it in this browser alone", async () => {
    const { taskId } = await stage.post();
    const { rpcUrl, escrow, storeUrl } = stage.local.network;
    await fill({ "Chain id": "31337", "RPC address": rpcUrl, Escrow: escrow, "Stores, separated by spaces": storeUrl });
    await visit.page.locator(`tbody a[href="#/tasks/${taskId}"]`).click();
    await visit.page.getByText("The spec was hashed here").waitFor();
    await visit.page.reload();
    await visit.page.getByText("No runner has taken a slot yet").waitFor();
  });

  it("says what is wrong with another chain, an escrow that is none, and an RPC that does not answer", async () => {
    const { rpcUrl, escrow } = stage.local.network;
    for (const [fields, code] of [
      [{ "Chain id": "1" }, "WRONG_CHAIN"],
      [{ "Chain id": "31337", Escrow: `0x${"12".repeat(20)}` }, "NO_CODE_AT_ESCROW"],
      [{ Escrow: stage.gate }, "NOT_AN_ESCROW"],
      [{ Escrow: escrow, "RPC address": "http://127.0.0.1:9" }, "RPC_UNREACHABLE"],
      // A web page where an RPC should be: named by its host, which tells it from the one before.
      [{ "RPC address": url }, new URL(url).host],
    ] as const) {
      await visit.page.goto(`${url}#/settings`);
      await fill(fields);
      await visit.page.getByRole("alert").getByText(code).first().waitFor();
    }
    await visit.page.goto(`${url}#/settings`);
    await fill({ "RPC address": rpcUrl });
    await visit.page.getByRole("heading", { name: "Tasks" }).waitFor();
  });

  it("forgets the visitor's network when told, and takes the file beside it", async () => {
    const { rpcUrl, escrow, chainId } = stage.local.network;
    host.networkFile = JSON.stringify({ chainId, rpcUrl, escrow, isFixed: false });
    await visit.page.goto(`${url}#/settings`);
    await visit.page.getByRole("button", { name: "Forget it" }).click();
    await visit.page.goto(`${url}#/tasks`);
    await visit.page.reload();
    await visit.page.locator("tbody tr").first().waitFor();
    host.networkFile = "{ nonsense";
    await visit.page.reload();
    await visit.page.getByText("The network of this page cannot be used").waitFor();
  });
});
