import assert from "node:assert/strict";
import { startUp, temporaryFolder, type UpProcess } from "../cli/support/parity.ts";
import { openBrowser, type Visit } from "./support/browser.ts";

describe("parity up", () => {
  const folder = temporaryFolder();
  let up: UpProcess;
  let visit: Visit;
  before(async () => {
    [up, visit] = await Promise.all([startUp(folder.path, ["--runners", "1"]), openBrowser()]);
  });
  after(async () => {
    await visit?.close();
    await up?.stop();
    folder.remove();
  });

  it("serves the explorer of its network, and says where", async () => {
    const url = String(up.ready.explorer);
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    await visit.page.goto(url);
    await visit.page.getByText("No tasks yet").waitFor();
    await visit.page.locator("header").getByText("Live", { exact: true }).waitFor();
    assert.equal(await visit.page.locator(".footer").getByText("Chain 31337").count(), 1);
    assert.deepEqual(visit.complaints, []);
  });
});
