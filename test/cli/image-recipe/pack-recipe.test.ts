import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { DebianLock } from "../../../cli/image-recipe/debian-lock.ts";
import { packRecipe } from "../../../cli/image-recipe/pack-recipe.ts";
import { ensurePackageLists } from "../../support/debian-packages.ts";

const NOBODYS = "0".repeat(64);
const project = path.resolve(import.meta.dirname, "../../..");

describe("packing an image recipe", function () {
  this.timeout(300_000); // asks a mirror
  const directory = mkdtempSync(path.join(os.tmpdir(), "parity-recipe-test-"));
  /** The lock of the recipe that most tests are about: asking apt takes seconds. */
  let busyboxLock = "";
  let busyboxSha256 = "";

  before(async () => {
    ensurePackageLists();
    const folder = makeRecipe(busybox);
    ({ sha256: busyboxSha256 } = await pack(folder));
    busyboxLock = readFileSync(lockIn(folder), "utf8");
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  let made = 0;
  /** Writes a recipe into a folder of its own, with other files beside it. */
  function makeRecipe(recipe: unknown, files: Record<string, string> = {}): string {
    const folder = path.join(directory, `recipe-${++made}`);
    for (const [name, text] of Object.entries({ "recipe.json": JSON.stringify(recipe), ...files })) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    return folder;
  }

  function lockedRecipe(lock?: DebianLock): string {
    return makeRecipe(busybox, { "debian.lock.json": lock ? JSON.stringify(lock) : busyboxLock });
  }

  const lockIn = (folder: string) => path.join(folder, "debian.lock.json");
  const readLock = (folder: string) => JSON.parse(readFileSync(lockIn(folder), "utf8")) as DebianLock;
  const pack = (folder: string, cache = "cache") =>
    packRecipe({ folder, outputDirectory: path.join(directory, "archives"), cacheDirectory: path.join(directory, cache) });
  const refuses = (folder: string, code: string, cache?: string) => assert.rejects(pack(folder, cache), { code });
  const busybox = { debian: ["busybox-static"], links: { "bin/sh": "busybox" } };

  it("gives the same archive from the same recipe, with packages that were fetched anew", async () => {
    const folder = lockedRecipe();
    assert.equal((await pack(folder, "another-cache")).sha256, busyboxSha256);
    assert.equal(readFileSync(lockIn(folder), "utf8"), busyboxLock);
    assert.equal((await pack(makeRecipe(busybox), "a-third-cache")).sha256, busyboxSha256, "locked once more, on the same day");
  });

  it("locks every package with its dependencies by version and hash, and names no host", async () => {
    const folder = makeRecipe({ debian: ["mawk"] });
    await pack(folder);
    const { requested, packages } = readLock(folder);
    assert.deepEqual(requested, ["mawk"]);
    assert.ok(packages.some(({ name }) => name === "libc6"));
    for (const { sha256 } of packages) assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.doesNotMatch(readFileSync(lockIn(folder), "utf8"), /:\/\//);
    assert.deepEqual(readdirSync(folder).sort(), ["debian.lock.json", "recipe.json"], "drafts of the lock are gone");
  });

  it("refuses a version that the mirror has not, and names both", async () => {
    const lock = JSON.parse(busyboxLock) as DebianLock;
    const folder = lockedRecipe({ ...lock, packages: lock.packages.map((one) => ({ ...one, version: "1:0.0-1", sha256: NOBODYS })) });
    await assert.rejects(pack(folder), (error: Error & { code?: string }) => {
      assert.equal(error.code, "IMAGE_RECIPE_STALE");
      assert.ok(error.message.includes("1:0.0-1") && error.message.includes(lock.packages[0]?.version ?? "?"), error.message);
      return true;
    });
  });

  it("refuses other bytes under the locked version", async () => {
    const lock = JSON.parse(busyboxLock) as DebianLock;
    await refuses(lockedRecipe({ ...lock, packages: lock.packages.map((one) => ({ ...one, sha256: NOBODYS })) }), "IMAGE_RECIPE_STALE");
  });

  it("refuses a lock that was made for other packages", async () => {
    const folder = lockedRecipe();
    writeFileSync(path.join(folder, "recipe.json"), JSON.stringify({ debian: ["gzip"] }));
    await refuses(folder, "IMAGE_RECIPE_STALE");
  });

  it("refuses packages that nobody has, and leaves no lock", async () => {
    const folder = makeRecipe({ debian: ["no-such-package-anywhere"] });
    await refuses(folder, "PACKAGES_UNAVAILABLE");
    assert.equal(existsSync(lockIn(folder)), false);
  });

  it("lays the named parts of npm packages, without what npm itself wrote", async () => {
    const folder = makeRecipe({ npm: { node_modules: "app/node_modules" } }, npmFiles("picocolors"));
    const first = await pack(folder);
    assert.equal((await pack(folder)).sha256, first.sha256);
    const text = readFileSync(first.path, "latin1");
    assert.ok(text.includes("app/node_modules/picocolors/package.json"));
    assert.equal(text.includes(".package-lock.json"), false);
  });

  it("gives the same archive from npm packages that were kept, without asking for them again", async () => {
    const recipe = { npm: { node_modules: "app/node_modules" } };
    const [folder, again] = [1, 2].map(() => makeRecipe(recipe, npmFiles("picocolors"))) as [string, string];
    const [first, beside] = await Promise.all([pack(folder, "kept"), pack(again, "kept")]);
    assert.equal(beside.sha256, first.sha256);
    assert.equal((await pack(folder, "kept-by-nobody")).sha256, first.sha256, "installed anew");
    await withoutRegistry(async () => {
      assert.equal((await pack(again, "kept")).sha256, first.sha256);
      await refuses(again, "PACKAGES_UNAVAILABLE", "kept-nothing");
    });
  });

  it("refuses npm packages without a lock, and parts that are not there", async () => {
    await refuses(makeRecipe({ npm: { node_modules: "app" } }, { "package.json": "{}" }), "INPUT_NOT_FOUND");
    await refuses(makeRecipe({ npm: { "node_modules/absent": "app" } }, npmFiles("picocolors")), "IMAGE_RECIPE_INVALID");
  });

  for (const [what, recipe] of [
    ["nothing to make it of", {}],
    ["an unknown field", { debian: ["gzip"], dockerfile: "." }],
    ["a package that would be an option of apt", { debian: ["-oDir=/"] }],
    ["a path that climbs out", { npm: { node_modules: "../elsewhere" } }],
    ["an absolute path", { debian: ["gzip"], omit: ["/etc"] }],
  ] as const)
    it(`refuses a recipe with ${what}`, () => refuses(makeRecipe(recipe), "IMAGE_RECIPE_INVALID"));

  it("refuses a recipe that is not JSON, or not there", async () => {
    const folder = makeRecipe({});
    writeFileSync(path.join(folder, "recipe.json"), "{");
    await refuses(folder, "IMAGE_RECIPE_INVALID");
    await refuses(path.join(directory, "nowhere"), "INPUT_NOT_FOUND");
  });

  it("writes nothing outside the image, whatever its links say", async () => {
    const outside = mkdtempSync(path.join(directory, "outside-"));
    const files = { "root/etc/motd": "hello", "debian.lock.json": busyboxLock };
    const folder = makeRecipe({ ...busybox, links: { "way-out/planted": "x" } }, files);
    symlinkSync(outside, path.join(folder, "root", "way-out"));
    await refuses(folder, "IMAGE_RECIPE_INVALID");
    assert.deepEqual(readdirSync(outside), []);
  });

  it("leaves nothing in the folder for temporary files, also when it fails", async () => {
    const { TMPDIR } = process.env;
    const own = mkdtempSync(path.join(directory, "tmp-"));
    process.env.TMPDIR = own;
    try {
      await pack(lockedRecipe());
      await refuses(makeRecipe({ npm: { "node_modules/absent": "app" } }, npmFiles("picocolors")), "IMAGE_RECIPE_INVALID");
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
    assert.deepEqual(
      readdirSync(own).filter((name) => name.startsWith("parity-")),
      [],
    );
  });

  /** Whatever asks npm for a package meanwhile is refused at once. */
  async function withoutRegistry(act: () => Promise<void>): Promise<void> {
    const settings = {
      npm_config_registry: "http://127.0.0.1:1",
      npm_config_fetch_retries: "0",
      npm_config_cache: path.join(directory, "npm-has-nothing"),
    };
    const before = Object.keys(settings).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, settings);
    try {
      await act();
    } finally {
      for (const [name, value] of before)
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    }
  }

  /** A package.json and a lock for a package that the project itself has locked. */
  function npmFiles(name: string): Record<string, string> {
    const { packages } = JSON.parse(readFileSync(path.join(project, "package-lock.json"), "utf8")) as {
      packages: Record<string, { version: string; integrity: string }>;
    };
    const { version, integrity } = packages[`node_modules/${name}`] ?? { version: "", integrity: "" };
    const dependencies = { [name]: version };
    const lock = { lockfileVersion: 3, packages: { "": { dependencies }, [`node_modules/${name}`]: { version, integrity } } };
    return { "package.json": JSON.stringify({ private: true, dependencies }), "package-lock.json": JSON.stringify(lock) };
  }
});
