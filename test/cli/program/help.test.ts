import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import os from "node:os";
import path from "node:path";
import { commandFactories } from "../../../cli/commands/index.ts";
import { createProgram } from "../../../cli/program/program.ts";
import { cleanEnvironment } from "../support/parity.ts";

const program = path.resolve(import.meta.dirname, "../../../cli/bin/parity.js");
const run = (...args: string[]) =>
  spawnSync(process.execPath, [program, ...args], { cwd: os.tmpdir(), env: cleanEnvironment(), encoding: "utf8" });

type Command = ReturnType<typeof createProgram>;

/** Every command that does something, with its words. */
function leaves(command: Command, words: string[] = []): { words: string[]; command: Command }[] {
  if (command.commands.length === 0) return [{ words, command }];
  return command.commands.flatMap((child) => leaves(child, [...words, child.name()]));
}

describe("help", () => {
  const all = leaves(createProgram(() => async () => {}, commandFactories));

  it("is printed on stdout when it is asked for, by whatever words", () => {
    for (const words of [[], ["--help"], ["help"], ["help", "run"], ["run", "--help"]]) {
      const { status, stdout, stderr } = run(...words);
      assert.deepEqual([status, stderr], [0, ""], words.join(" "));
      assert.match(stdout, /^Usage: parity/);
    }
  });

  it("is printed on stderr, without an error beside it, where a command is missing", () => {
    const { status, stdout, stderr } = run("wallet");
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /^Usage: parity wallet/);
    assert.doesNotMatch(stderr, /error/);
  });

  for (const { words, command } of all)
    describe(`of ${words.join(" ")}`, () => {
      let text = "";
      before(() => {
        command.configureOutput({ writeOut: (written) => (text += written) }).outputHelp();
      });

      it("has an example that calls it", () =>
        assert.match(text, new RegExp(`Examples?:\\n(?: {2}\\$ .*\\n)* {2}\\$ parity ${words.join(" ")}`)));
      it("has --json", () => assert.match(text, /--json/));
      it("has a summary for the list of commands", () => assert.ok(command.summary()));
      it("uses only options that it has in its examples", () => {
        const own = text.split("\n").filter((line) => line.startsWith(`  $ parity ${words.join(" ")}`));
        const used = own.flatMap((line) => [...line.matchAll(/ (--[a-z-]+)/g)].map(([, flag]) => flag));
        const known = command.options.map((option) => option.long);
        assert.deepEqual(
          used.filter((flag) => !known.includes(flag)),
          [],
        );
      });
    });
});
