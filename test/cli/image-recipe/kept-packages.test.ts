import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Keeping, keepPackages, keyOfInstall, takeKept } from "../../../cli/image-recipe/kept-packages.ts";
import { isWholeInstall } from "../../../cli/image-recipe/whole-install.ts";

const directory = mkdtempSync(path.join(os.tmpdir(), "parity-kept-test-"));
after(() => rmSync(directory, { recursive: true, force: true }));

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(directory, "folder-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text, { mode: name.endsWith(".sh") ? 0o755 : 0o644 });
  }
  return folder;
}

const installed = (text: string) => folderWith({ "node_modules/one/index.js": text, "node_modules/one/run.sh": "#!/bin/sh\n" });

describe("keeping installed packages", () => {
  let keeping: Keeping;
  const entries = () => readdirSync(keeping.directory);
  const onlyEntry = () => {
    const [name, ...others] = entries();
    assert.ok(name && others.length === 0, `one entry, not ${entries().length}`);
    return path.join(keeping.directory, name);
  };
  const taken = async () => {
    const into = folderWith({});
    return (await takeKept(keeping, into)) ? readFileSync(path.join(into, "node_modules/one/index.js"), "utf8") : undefined;
  };

  beforeEach(() => {
    keeping = { directory: path.join(mkdtempSync(path.join(directory, "cache-")), "npm"), key: "a".repeat(64) };
  });

  it("gives back what was kept under the same key, and nothing under another", async () => {
    assert.equal(await taken(), undefined);
    await keepPackages(keeping, installed("one"));
    assert.equal(await taken(), "one");
    assert.equal(await takeKept({ ...keeping, key: "b".repeat(64) }, folderWith({})), false);
  });

  for (const [what, harm] of [
    ["torn", (file: string) => truncateSync(file, 700)],
    ["tampered with", (file: string) => writeFileSync(file, readFileSync(file, "latin1").replace("one", "two"), "latin1")],
    ["longer than it was", (file: string) => appendFileSync(file, "\0")],
  ] as const)
    it(`gives nothing where the file is ${what}, and removes it`, async () => {
      await keepPackages(keeping, installed("one"));
      harm(onlyEntry());
      assert.equal(await taken(), undefined);
      assert.deepEqual(entries(), []);
    });

  it("gives the whole one where a faulty one lies beside it", async () => {
    mkdirSync(keeping.directory, { recursive: true });
    writeFileSync(path.join(keeping.directory, `${keeping.key}-${"0".repeat(64)}.tar`), "not a tar");
    await keepPackages(keeping, installed("one"));
    assert.equal(await taken(), "one");
    onlyEntry();
  });

  it("keeps one file where two keep the same at once", async () => {
    await Promise.all([keepPackages(keeping, installed("one")), keepPackages(keeping, installed("one"))]);
    onlyEntry();
    assert.deepEqual(await Promise.all([taken(), taken()]), ["one", "one"]);
  });

  it("removes what was not used for longest, and drafts that nobody finishes", async () => {
    await keepPackages(keeping, installed("one"));
    const bytes = readFileSync(onlyEntry()).length;
    const draft = path.join(keeping.directory, ".draft");
    writeFileSync(draft, "half");
    for (const file of [onlyOf(keeping.key), draft]) utimesSync(file, 1, 1);
    const [second, third] = ["b", "c"].map((letter) => ({ ...keeping, key: letter.repeat(64), mostBytes: 2 * bytes })) as [
      Keeping,
      Keeping,
    ];
    await keepPackages(second, installed("two"));
    utimesSync(onlyOf(second.key), 2, 2);
    assert.equal(await taken(), "one"); // and is used now
    await keepPackages(third, installed("six"));
    assert.deepEqual(
      entries().map((name) => name[0]),
      ["a", "c"],
    );
  });

  it("does not keep what is larger than all that is to be kept", async () => {
    await keepPackages({ ...keeping, mostBytes: 100 }, installed("one"));
    assert.deepEqual(entries(), []);
  });

  it("lets a pack go on where nothing can be kept", async () => {
    writeFileSync(`${path.dirname(keeping.directory)}-file`, "");
    const nowhere = { ...keeping, directory: path.join(`${path.dirname(keeping.directory)}-file`, "npm") };
    await keepPackages(nowhere, installed("one"));
    assert.equal(await takeKept(nowhere, folderWith({})), false);
  });

  function onlyOf(key: string): string {
    return path.join(keeping.directory, entries().find((name) => name.startsWith(key)) ?? "absent");
  }
});

describe("naming an install by its inputs", () => {
  const files = { "package.json": "{}", "package-lock.json": '{"lockfileVersion":3}' };
  const keyOf = (change: Record<string, string> = {}, architecture: "amd64" | "arm64" = "amd64") =>
    keyOfInstall({ folder: folderWith({ ...files, ...change }), architecture });

  it("gives the same name to the same inputs, wherever they are", async () => assert.equal(await keyOf(), await keyOf()));

  it("gives another name when anything differs", async () => {
    const keys = await Promise.all([
      keyOf(),
      keyOf({ "package.json": '{"private":true}' }),
      keyOf({ "package-lock.json": "{}" }),
      keyOf({ ".npmrc": "" }),
      keyOf({ ".npmrc": "libc=musl" }),
      keyOf({}, "arm64"),
    ]);
    assert.equal(new Set(keys).size, keys.length);
  });
});

describe("looking whether an install is whole", () => {
  const lockOf = (packages: Record<string, object>) => JSON.stringify({ lockfileVersion: 3, packages });
  const isWhole = (wanted: Record<string, object>, present: Record<string, object>) =>
    isWholeInstall(folderWith({ "package-lock.json": lockOf(wanted), "node_modules/.package-lock.json": lockOf(present) }), "x64");

  it("wants every package that is meant for the platform, optional ones too", async () => {
    const one = { "": {}, "node_modules/one": {} };
    assert.equal(await isWhole(one, { "node_modules/one": {} }), true);
    const ours = { "node_modules/ours": { optional: true, os: ["linux"], cpu: ["x64"] } };
    assert.equal(await isWhole({ ...one, ...ours }, { "node_modules/one": {} }), false);
    assert.equal(await isWhole({ ...one, ...ours }, { "node_modules/one": {}, "node_modules/ours": {} }), true);
    assert.equal(await isWhole({ "node_modules/not-mac": { os: ["!darwin"] } }, {}), false);
    assert.equal(await isWhole({ "node_modules/named": { os: "linux", cpu: "x64" } }, {}), false);
    assert.equal(await isWhole({ "node_modules/named": { os: "linux", cpu: "arm64" } }, {}), true);
  });

  it("wants none that is for others, or for development", async () => {
    const others = {
      "node_modules/mac": { os: ["darwin"] },
      "node_modules/arm": { cpu: ["arm64"] },
      "node_modules/no": { os: ["!linux"] },
    };
    assert.equal(await isWhole({ ...others, "node_modules/test": { dev: true } }, {}), true);
  });

  it("does not call whole what it cannot read", async () =>
    assert.equal(await isWholeInstall(folderWith({ "package-lock.json": "{" }), "x64"), false));
});
