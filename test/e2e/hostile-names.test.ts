import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cleanEnvironment, parity, startUp, temporaryFolder, type UpProcess } from "../cli/support/parity.ts";
import { openBrowser, type Visit } from "../explorer/support/browser.ts";
import { makeBusyboxFolder } from "../support/busybox.ts";

const program = path.resolve(import.meta.dirname, "../../cli/bin/parity.js");

/** What a job may call its files: a terminal, a shell, a page or a reader would take some of them for something else. */
const names = {
  terminal: "\u001b]0;owned\u0007\u001b[2J\u001b[31mred",
  lines: "one\nerror: two\r\nthree",
  reversed: "invoice\u202Efdp.exe",
  hidden: "pass\u200Bword\u2066.txt",
  markup: '<img src=x onerror="document.title=`owned`">.html',
  option: "--force",
  long: `${"x".repeat(251)}.txt`,
};
/** Escape, CSI and BEL, what reorders or hides, and line breaks other than the printer's own. */
const acting = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe("a task whose output files have hostile names", function () {
  this.timeout(300_000); // real processes on a machine that may be busy
  const folder = temporaryFolder();
  const at = (...parts: string[]) => path.join(folder.path, ...parts);
  let up: UpProcess;
  let taskId: string;

  before(async () => {
    up = await startUp(folder.path, ["--runners", "1"]);
    writeJob();
    const run = await parity(["run", "job.json", "--out", "answer", "--slots", "1", "--quorum", "1", "--no-check"], { cwd: folder.path });
    assert.equal(run.code, 0, run.stderr);
    taskId = String(run.records.find(({ event }) => event === "posted")?.taskId);
  });
  after(async () => {
    await up?.stop();
    folder.remove();
  });

  /** What a command tells a person, on a terminal that obeys whatever is printed. */
  const told = (...args: string[]) => {
    const said = spawnSync(process.execPath, [program, ...args], { cwd: folder.path, env: cleanEnvironment(), encoding: "utf8" });
    assert.equal(said.status, 0, said.stderr);
    return `${said.stdout}${said.stderr}`;
  };
  const requireHarmless = (text: string) => {
    for (const line of text.split("\n")) assert.doesNotMatch(line, acting, JSON.stringify(line));
  };

  it("is on disk under exactly these names, and nowhere else", () => {
    assert.deepEqual(readdirSync(at("answer")).toSorted(), ["manifest.json", "output", "stderr", "stdout"]);
    assert.deepEqual(readdirSync(at("answer", "output")).toSorted(), Object.values(names).toSorted());
    for (const [about, name] of Object.entries(names)) assert.equal(readFileSync(at("answer", "output", name), "utf8"), `${about}\n`);
  });

  it("is told by `parity result` in characters that neither act nor hide, a line a file", () => {
    const text = told("result", taskId, "--out", "again");
    requireHarmless(text);
    for (const shown of [
      "\\u{1b}]0;owned\\u{7}",
      "one\\u{a}error: two\\u{d}\\u{a}three",
      "invoice\\u{202e}fdp.exe",
      "pass\\u{200b}word\\u{2066}.txt",
      "<img src=x",
    ])
      assert.ok(text.includes(shown), shown);
    assert.equal(text.split("\n").filter((line) => line.includes(path.join("again", "output"))).length, Object.keys(names).length);
  });

  it("keeps every name as it is in `parity result --json`, in printable characters", async () => {
    const { code, stdout, records } = await parity(["result", taskId, "--out", "json"], { cwd: folder.path });
    assert.equal(code, 0);
    requireHarmless(stdout);
    const files = records.at(-1)?.files as { path: string }[];
    assert.deepEqual(files.map((file) => file.path).toSorted(), Object.values(names).toSorted());
  });

  it("is verified by `parity verify`, which repeats none of it", () => {
    const text = told("verify", taskId);
    requireHarmless(text);
    assert.match(text, /Same: this machine gets the accepted output/);
  });

  it("is harmless in `parity logs`, where the job prints its names", () => {
    const text = told("logs", taskId);
    requireHarmless(text);
    assert.ok(text.includes("\\u{1b}]0;owned"), text);
  });

  describe("in the explorer", () => {
    let visit: Visit;
    before(async () => {
      visit = await openBrowser();
      await visit.page.goto(`${String(up.ready.explorer)}#/tasks/${taskId}`);
      await visit.page.locator(".files").waitFor();
    });
    after(() => visit?.close());
    const file = (text: string) => visit.page.getByRole("list", { name: "Output files" }).getByRole("listitem").filter({ hasText: text });

    it("is shown as text, by the numbers of the characters that would act", async () => {
      for (const shown of [
        "U+001B]0;ownedU+0007U+001B[2JU+001B[31mred",
        "oneU+000Aerror: twoU+000DU+000Athree",
        "invoiceU+202Efdp.exe",
        "passU+200BwordU+2066.txt",
        names.markup,
        names.option,
        names.long,
      ])
        assert.equal(await file(shown).count(), 1, shown);
      assert.equal(await visit.page.title(), "Parity Explorer");
      assert.equal(await visit.page.locator("main img, main script").count(), 0);
      assert.equal(await visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), true);
      assert.deepEqual(visit.complaints, []);
    });

    it("is saved under names that no file system or shell mistakes", async () => {
      for (const [shown, saved] of [
        ["U+001B]0;owned", "_]0;owned__[2J_[31mred"],
        ["error: two", "one_error_ two__three"],
        ["invoice", "invoice_fdp.exe"],
        [names.option, "_force"],
      ] as const) {
        const saving = visit.page.waitForEvent("download");
        await file(shown).getByRole("button", { name: "Save" }).click();
        assert.equal((await saving).suggestedFilename(), saved);
      }
    });
  });

  function writeJob(): void {
    makeBusyboxFolder(at("image"), ["sh", "cat"]);
    mkdirSync(at("in"));
    for (const [about, name] of Object.entries(names)) writeFileSync(at("in", about), name);
    // A shell drops line breaks at the end of what it takes from a file; none of the names ends with one.
    const script =
      'for about in terminal lines reversed hidden markup option long\ndo name=$(cat "/input/$about"); echo "$about" > "/output/$name"; echo "$name"; done\n';
    writeFileSync(at("in", "main.sh"), script);
    const job = { image: { folder: "image" }, command: ["/bin/sh", "/input/main.sh"], input: "in" };
    writeFileSync(at("job.json"), JSON.stringify(job));
  }
});
