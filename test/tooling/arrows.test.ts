import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Plants one file in an empty copy of the house, lints it under the project's rules, and returns what the linter said. */
function lint(path: string, source: string): { passed: boolean; report: string } {
  const house = mkdtempSync(join(tmpdir(), "parity-arrows-"));
  try {
    const rules = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
    writeFileSync(join(house, "biome.json"), JSON.stringify({ ...rules, $schema: undefined, vcs: { enabled: false } }));
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), source);
    const run = spawnSync(join(root, "node_modules/.bin/biome"), ["lint", "."], { cwd: house, encoding: "utf8" });
    return { passed: run.status === 0, report: run.stdout + run.stderr };
  } finally {
    rmSync(house, { recursive: true });
  }
}

const importing = (name: string) => `import * as x from "${name}";\n\nexport const y = x;\n`;

describe("the arrows between rooms", () => {
  for (const [path, imported, because] of [
    ["sdk/planted.ts", "node:fs", "runs in a browser"],
    ["sdk/actions/planted.ts", "@parity-protocol/runner", "root of the house"],
    ["sdk/planted.ts", "hardhat", "Product code never imports"],
    ["sandbox/planted.ts", "viem", "knows no chain"],
    ["sandbox/planted.ts", "@parity-protocol/store", "imports only @parity-protocol/sdk"],
    ["store/planted.ts", "@parity-protocol/sandbox", "imports only @parity-protocol/sdk"],
    ["runner/planted.ts", "dockerode", "Only the sandbox talks to the engine"],
    ["runner/lifecycle/planted.ts", "@parity-protocol/cli", "never the cli"],
    ["runner/planted.ts", "../sdk/index.ts", "by their package names"],
    ["explorer/pages/planted.tsx", "@parity-protocol/cli", "from @parity-protocol/sdk alone"],
    ["explorer/planted.ts", "node:fs", "runs in a browser"],
    ["cli/planted.ts", "dockerode", "Only the sandbox talks to the engine"],
    ["cli/commands/planted.ts", "../../test/support/reporter.ts", "Product code never imports"],
  ] as const)
    it(`refuse ${imported} in ${path}`, () => {
      const { passed, report } = lint(path, importing(imported));
      assert.equal(passed, false);
      assert.match(report, new RegExp(because));
    });

  it("refuse process.env outside a program's config file", () => {
    const source = "export const home = process.env.HOME;\n";
    assert.match(lint("runner/planted.ts", source).report, /noProcessEnv/);
    assert.equal(lint("runner/config.ts", source).passed, true);
  });

  it("refuse console outside the cli", () => {
    const source = 'console.log("x");\n';
    assert.match(lint("runner/planted.ts", source).report, /noConsole/);
    assert.equal(lint("cli/planted.ts", source).passed, true);
  });

  for (const [path, imported] of [
    ["runner/planted.ts", "@parity-protocol/sandbox"],
    ["cli/planted.ts", "@parity-protocol/runner"],
    ["sandbox/planted.ts", "dockerode"],
    ["sdk/node.ts", "node:fs"],
  ] as const)
    it(`allow ${imported} in ${path}`, () => assert.equal(lint(path, importing(imported)).passed, true));
});
