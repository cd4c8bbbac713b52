import assert from "node:assert/strict";
import { parseIgnoreRules } from "../../../sandbox/image/dockerignore.ts";

describe("parseIgnoreRules", () => {
  const cases: [rules: string, ignored: string[], kept: string[]][] = [
    ["node_modules\n# comment\n\n.git", ["node_modules", "node_modules/a/b", ".git/config"], ["src/node_modules", "a"]],
    ["**/node_modules", ["node_modules", "a/b/node_modules/c"], ["a/node_module"]],
    ["*.log", ["a.log", "b.log"], ["d/a.log", "log"]],
    ["**/*.log", ["a.log", "d/e/a.log"], ["a.logs"]],
    ["/a/?", ["a/b"], ["a/bc", "b/a/b"]],
    ["*\n!keep\n!d/keep", ["a", "d/other"], ["keep", "d/keep"]],
    ["d\n!d/keep\nd/keep", ["d/keep"], []],
    ["a[bc]d.txt", ["abd.txt", "acd.txt"], ["aed.txt", "abdxtxt"]],
  ];
  for (const [rules, ignored, kept] of cases)
    it(`reads ${JSON.stringify(rules)} as Docker does`, () => {
      const { isIgnored } = parseIgnoreRules(rules);
      assert.deepEqual([ignored.filter((path) => !isIgnored(path)), kept.filter(isIgnored)], [[], []]);
    });
});
