import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { cleanEnvironment } from "../cli/support/parity.ts";

const demo = path.resolve(import.meta.dirname, "../../scripts/demo/main.ts");
const foldersLeft = () => readdirSync(os.tmpdir()).filter((name) => name.startsWith("parity-demo-"));

describe("the demo", function () {
  this.timeout(600_000); // it takes more than a minute on an idle machine
  let running: ChildProcess | undefined;
  afterEach(() => running?.kill("SIGINT"));

  /** Runs the demo; `onText` sees what it has said so far. */
  async function runDemo(onText?: (text: string, stop: () => void) => void): Promise<{ code: number; text: string }> {
    const child = spawn(process.execPath, [demo], { env: cleanEnvironment({ NO_COLOR: "1" }), stdio: ["ignore", "pipe", "pipe"] });
    running = child;
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        onText?.(text, () => child.kill("SIGINT"));
      });
    const code = await new Promise<number>((resolve) => child.once("close", (status) => resolve(status ?? -1)));
    running = undefined;
    return { code, text };
  }

  it("tells the truth: a liar and a copier earn nothing, the output verifies, every wei is accounted for, nothing is left", async () => {
    const { code, text } = await runDemo();
    assert.equal(code, 0, text);
    assert.equal(text.match(/^ {2}ok {2}/gm)?.length, 12, text);
    assert.match(text, /the liar revealed another output .* earned nothing and has a strike/);
    assert.match(text, /refused before money moves, and both causes are named/);
    assert.match(text, /found 3 outputs and no quorum/);
    assert.match(text, /at strict@1 the same program gave all three the same output/);
    assert.match(text, /nothing is left behind/);
  });

  it("takes everything down when it is stopped in the middle", async () => {
    const before = foldersLeft();
    let isStopped = false;
    const { code, text } = await runDemo((said, stop) => {
      if (!isStopped && said.includes("reserved")) stop();
      isStopped ||= said.includes("reserved");
    });
    assert.equal(code, 130, text);
    assert.deepEqual(foldersLeft(), before);
  });
});
