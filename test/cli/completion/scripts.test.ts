import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { commandFactories } from "../../../cli/commands/index.ts";
import { type Shell, shells } from "../../../cli/completion/scripts.ts";
import { placesOf } from "../../../cli/completion/words.ts";
import { createProgram } from "../../../cli/program/program.ts";
import { ensurePrograms } from "../../support/debian-packages.ts";
import { temporaryFolder } from "../support/parity.ts";

describe("completing in a real shell", function () {
  this.timeout(240_000);
  const folder = temporaryFolder();
  const script = (shell: Shell) => path.join(folder.path, `parity.${shell}`);

  before(() => {
    ensurePrograms({ bash: "bash", zsh: "zsh", fish: "fish" });
    const places = placesOf(createProgram(() => async () => {}, commandFactories));
    for (const shell of ["bash", "zsh", "fish"] as const) writeFileSync(script(shell), shells[shell].write(places));
  });
  after(() => folder.remove());

  describe("bash", () => {
    const complete = (...words: string[]) => {
      const line = `source ${script("bash")}; COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length - 1}; _parity; echo "\${COMPREPLY[*]}"`;
      return execFileSync("bash", ["--norc", "-c", line], { encoding: "utf8" }).trim().split(" ");
    };

    it("completes commands", () => assert.deepEqual(complete("parity", "recl"), ["reclaim"]));
    it("completes a command's own commands", () => assert.ok(complete("parity", "wallet", "").includes("balance")));
    it("completes flags, also behind other words", () => assert.deepEqual(complete("parity", "run", "job.json", "--boun"), ["--bounty"]));
  });

  describe("fish", () => {
    const complete = (line: string) =>
      execFileSync("fish", ["--no-config", "-c", `source ${script("fish")}; complete -C "${line}"`], { encoding: "utf8" })
        .trim()
        .split("\n")
        .map((match) => match.split("\t")[0]);

    it("completes commands", () => assert.deepEqual(complete("parity recl"), ["reclaim"]));
    it("completes a command's own commands", () => assert.ok(complete("parity wallet ").includes("balance")));
    it("completes flags, also behind other words", () => assert.deepEqual(complete("parity run job.json --boun"), ["--bounty"]));
  });

  describe("zsh", () => {
    /** Types a line and Tab into an interactive zsh in a pseudo-terminal; fails unless the line becomes `expected`. */
    const typed = (line: string, expected: string) =>
      execFileSync("zsh", ["-f", "-c", typing(script("zsh"), line, expected)], { encoding: "utf8", cwd: folder.path });

    it("completes a command's own commands", () => void typed("parity runner expl", "runner explain"));
    it("completes flags, also behind other words", () => void typed("parity run job.json --boun", "--bounty"));
  });
});

/** There is no way to ask zsh but to type. */
function typing(script: string, line: string, expected: string): string {
  return `
zmodload zsh/zpty zsh/zselect
await() {
  local all= part= i
  for i in {1..450}; do
    zpty -r -t z part && all+=$part
    [[ $all == *$~1* ]] && return 0
    zselect -t 20
  done
  print -r -- "never '$1' in: $all"; exit 1
}
zpty z zsh -f -i
zpty -w z 'PROMPT=""; autoload -Uz compinit; compinit -u -D; source ${script}; print RE""ADY'
await READY
zpty -w -n z $'${line}\\t'
await '${expected}'
zpty -d z`;
}
