import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { readRecipe } from "../../../cli/image-recipe/recipe.ts";
import { readJobFile } from "../../../cli/job-file/read-job-file.ts";
import { type Example, examplesFolder, findExamples } from "../../../scripts/gallery/examples.ts";
import { copyAsGarbage, garbage, scriptOf } from "../../../scripts/gallery/garbage.ts";
import { temporaryFolder } from "../../cli/support/parity.ts";

const MOST_INPUT_BYTES = 200_000;
const MOST_README_LINES = 40;

describe("finding examples", () => {
  it("finds them by name, and names all of them where one is unknown", () => {
    assert.deepEqual(
      findExamples(["pipeline"]).map(({ name }) => name),
      ["pipeline"],
    );
    assert.throws(() => findExamples(["pipelines"]), { code: "USAGE_INVALID" });
  });
});

describe("an example's folder", () => {
  for (const { name, folder, jobFile } of findExamples()) {
    it(`is what a user can copy: ${name}`, async () => {
      const { job } = await readJobFile(jobFile);
      assert.ok(job.determinism?.level, "the level is named");
      assert.equal(job.image.recipe, "image");
      assert.equal(job.input, "input");
      const readme = readFileSync(path.join(folder, "README.md"), "utf8");
      assert.ok(readme.includes(`examples/${name}`) && readme.includes("## The trap"), "the README names the command and the trap");
      assert.ok(readme.split("\n").length <= MOST_README_LINES, "the README is short");
      const bytes = filesIn(path.join(folder, "input")).reduce((sum, file) => sum + statSync(file).size, 0);
      assert.ok(bytes > 0 && bytes < MOST_INPUT_BYTES, `${bytes} bytes of input`);
    });

    it(`has its packages locked, by no host's name: ${name}`, async () => {
      const recipe = await readRecipe(path.join(folder, "image"));
      const read = (file: string) => readFileSync(path.join(folder, "image", file), "utf8");
      if (recipe.debian) assert.doesNotMatch(read("debian.lock.json"), /:\/\//);
      if (recipe.npm) assert.doesNotMatch(read("package-lock.json"), /"resolved"/);
    });
  }
});

describe("the gallery's table", () => {
  it("has a row for nothing but examples, each with the output that is expected of it", () => {
    const table = readFileSync(path.join(examplesFolder, "README.md"), "utf8");
    const rows = [...table.matchAll(/^\| \[([^\]]+)\]\(\1\) \|.*$/gm)].map(([row, name = ""]) => ({ row, name }));
    assert.ok(rows.length > 0);
    for (const { row, name } of rows) {
      const [{ expected }] = findExamples([name]) as [Example];
      assert.ok(row.includes(expected?.slice(0, 14) ?? "| by machine |"), row);
    }
  });
});

describe("garbage", () => {
  const folder = temporaryFolder();
  after(() => folder.remove());

  it("has the length of what it replaces, and is the same each time", () => {
    assert.equal(garbage(100, "a").length, 100);
    assert.deepEqual(garbage(100, "a"), garbage(100, "a"));
    assert.notDeepEqual(garbage(100, "a"), garbage(100, "b"));
  });

  it("spares only the script that an interpreter runs", () => {
    assert.equal(scriptOf(["/bin/sh", "/input/go.sh", "/input/x.sh"]), "go.sh");
    assert.equal(scriptOf(["/usr/bin/python3", "-I", "/input/a/b.py"]), "a/b.py");
    assert.equal(scriptOf(["/usr/bin/shellcheck", "/input/go.sh"]), undefined);
    const target = path.join(folder.path, "garbled");
    copyAsGarbage(path.join(examplesFolder, "pipeline/input"), { target, command: ["/bin/sh", "/input/summarise.sh"] });
    const at = (root: string, name: string) => readFileSync(path.join(root, name));
    const original = path.join(examplesFolder, "pipeline/input");
    assert.deepEqual(at(target, "summarise.sh"), at(original, "summarise.sh"));
    assert.equal(at(target, "packages.tsv").length, at(original, "packages.tsv").length);
    assert.notDeepEqual(at(target, "packages.tsv"), at(original, "packages.tsv"));
  });
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
