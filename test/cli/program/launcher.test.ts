import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../support/parity.ts";

const launcher = path.resolve(import.meta.dirname, "../../../cli/bin/parity.js");

/** What the launcher starts in these tests: says its arguments, waits for a signal when asked to, ends with a code of its own. */
const program = `
if (process.argv[2] === "wait") {
  const alive = setInterval(() => {}, 1000);
  process.on("SIGTERM", () => { clearInterval(alive); process.exitCode = 7; });
} else process.exitCode = 75;
process.stdout.write(JSON.stringify({ args: process.argv.slice(2), version: process.versions.node }) + "\\n");
`;

/** Makes the running Node look old to the launcher. */
const pretendOld = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.0" } });';

describe("the launcher", () => {
  const folder = temporaryFolder();
  const at = (...names: string[]) => path.join(folder.path, ...names);
  const args = (...rest: string[]) => ["--require", at("old.cjs"), at("cli/bin/parity.js"), ...rest];

  before(() => {
    mkdirSync(at("cli/bin"), { recursive: true });
    copyFileSync(launcher, at("cli/bin/parity.js"));
    writeFileSync(at("cli/main.ts"), program);
    writeFileSync(at("old.cjs"), pretendOld);
  });
  after(() => folder.remove());

  it("can be parsed by a Node that knows no modules", () => {
    const text = readFileSync(launcher, "utf8");
    assert.doesNotMatch(text, /\b(import|export|await|const|let|class)\b(?=[ ({])/);
  });

  it("runs the program in the same process when Node is new enough", () => {
    const { status, stdout } = spawnSync(process.execPath, [at("cli/bin/parity.js"), "a b", "--json"], { encoding: "utf8" });
    assert.deepEqual([status, JSON.parse(stdout)], [75, { args: ["a b", "--json"], version: process.versions.node }]);
  });

  it("says what to do when Node is too old and the project has none of its own", () => {
    const { status, stderr } = spawnSync(process.execPath, args(), { encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /needs Node\.js 22\.18 or newer/);
    assert.match(stderr, /scripts\/setup/);
  });

  describe("given an old Node and the project's own", () => {
    before(() => {
      mkdirSync(at(".parity/node/bin"), { recursive: true });
      symlinkSync(process.execPath, at(".parity/node/bin/node"));
    });

    it("runs the program under the project's Node and passes arguments and the exit code on", () => {
      const { status, stdout } = spawnSync(process.execPath, args("x"), { encoding: "utf8" });
      assert.deepEqual([status, JSON.parse(stdout)], [75, { args: ["x"], version: process.versions.node }]);
    });

    it("passes SIGTERM on and waits for the program's own end", async () => {
      const child = spawn(process.execPath, args("wait"), { stdio: ["ignore", "pipe", "inherit"] });
      await new Promise((resolve) => child.stdout.once("data", resolve));
      child.kill("SIGTERM");
      assert.equal(await new Promise((resolve) => child.once("exit", resolve)), 7);
    });
  });
});
