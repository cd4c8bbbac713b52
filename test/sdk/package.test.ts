import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import vm from "node:vm";
import * as sdk from "@parity-protocol/sdk";

const root = path.resolve(import.meta.dirname, "../..");
const esbuild = createRequire(import.meta.url).resolve("@esbuild/linux-x64/bin/esbuild");
const tsc = path.join(path.dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

const program = `
import { blobFromBytes, commitmentOf, type JobSpec, phaseOf } from "@parity-protocol/sdk";
import { taskEscrowAbi } from "@parity-protocol/sdk/contracts";
import { sha256OfFile } from "@parity-protocol/sdk/node";

const level: JobSpec["determinism"]["level"] = "standard@1";
const { sha256 } = blobFromBytes(new TextEncoder().encode("hello"));
const own = await sha256OfFile(process.argv[1] ?? "");
// @ts-expect-error a task id is a hex text: the package's types are really there
const wrong = () => commitmentOf({ taskId: 7 });
console.log(JSON.stringify({ level, sha256, own: own.bytes > 0, abi: taskEscrowAbi.length > 10, phaseOf: typeof phaseOf, wrong: typeof wrong }));
`;

describe("the package that is published", function () {
  this.timeout(300_000);
  let project: string;
  const at = (...names: string[]) => path.join(project, ...names);

  before(() => {
    execFileSync(process.execPath, [path.join(root, "scripts/packages/build-sdk.ts")]);
    project = mkdtempSync(path.join(os.tmpdir(), "parity-package-"));
    const packed = execFileSync("npm", ["pack", path.join(root, "sdk/dist"), "--pack-destination", project, "--json"], {
      encoding: "utf8",
    });
    const [{ filename } = { filename: "" }] = JSON.parse(packed) as { filename: string }[];
    install(filename);
    writeFileSync(at("package.json"), JSON.stringify({ name: "fresh", private: true, type: "module" }));
    writeFileSync(at("main.ts"), program);
  });
  after(() => rmSync(project, { recursive: true, force: true }));

  /** What npm install does, without asking the registry: unpacks, and puts the dependencies beside. */
  function install(tarball: string): void {
    const target = at("node_modules/@parity-protocol/sdk");
    mkdirSync(target, { recursive: true });
    execFileSync("tar", ["-xzf", at(tarball), "--strip-components=1", "-C", target]);
    const { dependencies } = JSON.parse(readFileSync(path.join(target, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    for (const name of [...Object.keys(dependencies), "@types/node", "undici-types"]) link(name);
  }

  function link(name: string): void {
    const places = [path.join(root, "sdk/node_modules", name), path.join(root, "node_modules", name)];
    const found = places.find((place) => existsSync(place));
    mkdirSync(path.dirname(at("node_modules", name)), { recursive: true });
    symlinkSync(found ?? "", at("node_modules", name));
  }

  for (const resolution of ["nodenext", "bundler"])
    it(`has types that a strict program is checked against (${resolution})`, () => {
      const module = resolution === "nodenext" ? "nodenext" : "esnext";
      const options = [
        "--strict",
        "--exactOptionalPropertyTypes",
        "--target",
        "es2022",
        "--module",
        module,
        "--moduleResolution",
        resolution,
      ];
      execFileSync(process.execPath, [tsc, ...options, "--types", "node", "--skipLibCheck", "--outDir", "out", "main.ts"], {
        cwd: project,
      });
    });

  it("runs in Node", () => {
    const said = execFileSync(process.execPath, [at("out/main.js")], { cwd: project, encoding: "utf8" });
    const sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    assert.deepEqual(JSON.parse(said), { level: "standard@1", sha256, own: true, abi: true, phaseOf: "function", wrong: "function" });
  });

  it("bundles for a browser, without a word of Node's", () => {
    writeFileSync(at("page.js"), 'export { sha256Hex } from "@parity-protocol/sdk";\n');
    const bundle = bundled("page.js");
    assert.doesNotMatch(bundle, /require\("node:/);
    const page = vm.createContext({ TextEncoder, TextDecoder, URL, crypto, setTimeout, clearTimeout, AbortController, AbortSignal });
    assert.equal(vm.runInContext(`${bundle}; page.sha256Hex(new Uint8Array())`, page), sdk.sha256Hex(new Uint8Array()));
  });

  it("refuses a browser what only Node can do", () => {
    writeFileSync(at("wrong.js"), 'export * from "@parity-protocol/sdk/node";\n');
    assert.throws(() => bundled("wrong.js"), /conditions|resolve/);
  });

  it("brings no sources, and describes everything that it exports", () => {
    const installed = at("node_modules/@parity-protocol/sdk");
    const sources = readdirSync(installed, { recursive: true, encoding: "utf8" }).filter((name) => /(?<!\.d)\.ts$/.test(name));
    assert.deepEqual(sources, []);
    const api = readFileSync(path.join(installed, "API.md"), "utf8");
    const undescribed = Object.keys(sdk).filter((name) => !new RegExp(`^### ${name}\n\n\\w`, "m").test(api));
    assert.deepEqual(undescribed, []);
    assert.match(readFileSync(path.join(installed, "README.md"), "utf8"), /^# The SDK/);
  });

  function bundled(file: string): string {
    const options = ["--bundle", "--platform=browser", "--format=iife", "--global-name=page", "--log-level=error"];
    return execFileSync(esbuild, [at(file), ...options], {
      encoding: "utf8",
      maxBuffer: 64 * 1024 ** 2,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
});
