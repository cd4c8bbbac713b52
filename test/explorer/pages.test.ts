import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { PostedTask } from "@parity-protocol/sdk";
import type { ServedExplorer } from "../../cli/explorer/serve-explorer.ts";
import { openBrowser, serveFor, type Visit } from "./support/browser.ts";
import { openStage, playLiarAndCopier, type Stage } from "./support/stage.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe found, shortened. */
interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Checks the page as it stands by the rules of WCAG 2.2, A and AA. */
async function violationsOn({ page }: Visit): Promise<string[]> {
  // Evaluated by the debugger, which the page's policy does not bind: the page itself runs no foreign script.
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  await page.evaluate(axe);
  const { violations } = await page.evaluate<{ violations: Violation[] }>(
    `axe.run(document, { runOnly: ${JSON.stringify(tags)}, resultTypes: ["violations"] })`,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)}: ${failureSummary}`));
}

describe("the pages of the explorer", () => {
  let [stage, served]: [Stage, ServedExplorer] = [] as never;
  let task: PostedTask;
  const visits: Visit[] = [];

  before(async () => {
    stage = await openStage();
    served = await serveFor(stage.local.network);
    task = await playLiarAndCopier(stage);
    await stage.post({ slots: 3, quorum: 2, gate: "0x0000000000000000000000000000000000000000" });
  });
  after(async () => {
    for (const visit of visits) await visit.close();
    await served?.close();
    await stage?.stop();
  });
  afterEach(() => {
    for (const { complaints } of visits) assert.deepEqual(complaints, []);
  });

  const visitWith = async (options: Parameters<typeof openBrowser>[0]) => {
    const visit = await openBrowser(options);
    visits.push(visit);
    return visit;
  };
  const places = () =>
    [
      ["#/tasks", "tbody tr"],
      [`#/tasks/${task.taskId}`, ".files"],
      ["#/runners", "tbody tr"],
      [`#/runners/${stage.opening(0, stage.outputHash).identity}`, ".figures"],
      ["#/network", "canvas"],
      [`#/post/${stage.jobHash}`, ".prose"],
      ["#/tasks/nowhere", ".empty"],
    ] as const;

  for (const [name, options] of [
    ["in the light", {}],
    ["in the dark", { isDark: true }],
    ["on a phone", { isPhone: true }],
  ] as const)
    it(`meet WCAG AA ${name}, and need no sideways scrolling`, async () => {
      const visit = await visitWith(options);
      for (const [address, sign] of places()) {
        await visit.page.goto(`${served.url}${address}`);
        await visit.page.locator(sign).first().waitFor();
        assert.deepEqual(await violationsOn(visit), [], address);
        assert.equal(await visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), true, address);
      }
    });

  it("change between light and dark by a switch, and remember it", async () => {
    const visit = visits[0] as Visit;
    await visit.page.goto(`${served.url}#/tasks`);
    const scheme = () => visit.page.evaluate("document.documentElement.dataset.scheme");
    assert.equal(await scheme(), "light");
    await visit.page.getByRole("button", { name: "Show the page dark" }).click();
    await visit.page.reload();
    await visit.page.getByRole("button", { name: "Show the page light" }).click();
    assert.equal(await scheme(), "light");
  });

  it("are walked by the keyboard alone, with the focus always visible", async () => {
    const { page } = visits[0] as Visit;
    await page.goto(`${served.url}#/tasks`);
    await page.reload();
    await page.locator("tbody tr").first().waitFor();
    const focused = () =>
      page.evaluate<string>("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()");
    const link = `#/tasks/${task.taskId}`;
    const isOutlined = () => page.evaluate("getComputedStyle(document.activeElement).outlineStyle !== 'none'");
    const seen: string[] = [];
    for (let step = 0; step < 60 && !(await page.evaluate(`document.activeElement.getAttribute("href") === "${link}"`)); step++) {
      await page.keyboard.press("Tab");
      seen.push(await focused());
      assert.equal(await isOutlined(), true, seen.at(-1));
    }
    assert.deepEqual(seen.slice(0, 6), ["Skip to the content", "Parity Explorer", "Tasks", "Runners", "Network", "Post"]);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: /^Task/ }).waitFor();
    assert.equal(await page.evaluate("document.activeElement.tagName"), "MAIN");
    await page.getByRole("button", { name: "View" }).first().press("Space");
    await page.getByRole("button", { name: "Hide" }).waitFor();
  });

  it("count what each runner did: matched, missed, earned, strikes by scope", async () => {
    const { page } = visits[0] as Visit;
    await page.goto(`${served.url}#/runners`);
    const rowOf = async (runner: number) => {
      const { identity } = stage.opening(runner, stage.outputHash);
      return page
        .getByRole("row")
        .filter({ has: page.locator(`a[href="#/runners/${identity}"]`) })
        .innerText();
    };
    await page.locator("tbody tr").nth(4).waitFor();
    assert.match(await rowOf(0), /1\s+1\s+0\s+0\s+[\s\S]*0\.016666666666666666 ETH\s+none/);
    assert.match(await rowOf(3), /1\s+0\s+1\s+0\s+0 ETH\s+1 of 3/);
    assert.match(await rowOf(4), /1\s+0\s+0\s+1\s+1 copied\s+0 ETH\s+1 of 3/);
  });

  it("count the network: tasks a day, paid, agreement, gas a result", async () => {
    const { page } = visits[0] as Visit;
    await page.goto(`${served.url}#/network`);
    await page.getByText("A result, all in").waitFor();
    const figures = await page.locator(".figures").allInnerTexts();
    assert.match(
      figures[0] ?? "",
      /Tasks\s+2\s+Accepted\s+100 %\s+1 of 1 closed\s+Paid to runners\s+[\s\S]*0\.049999999999999998 ETH\s+Runners\s+5/i,
    );
    const gas = Number(/A result, all in\s+([\d,]+)/i.exec(figures[1] ?? "")?.[1]?.replaceAll(",", ""));
    assert.ok(gas > 100_000 && gas < 250_000, String(gas));
    const agreement = page.getByRole("region", { name: "Agreement" });
    await agreement.getByText("The numbers").click();
    assert.match(await agreement.getByRole("table").innerText(), /1 disagrees\s+1/);
  });
});
