/** Builds the package that `npm publish ./sdk/dist` publishes: JavaScript, types, the API's reference. Inside the project rooms import the sources. */
import { execFileSync } from "node:child_process";
import { copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { renderApi } from "./render-api.ts";

const root = path.resolve(import.meta.dirname, "../..");
const sdk = path.join(root, "sdk");
const dist = path.join(sdk, "dist");

/** The same modules run in both; what only Node can do has an entry of its own, which a browser's bundler refuses. */
const entries = {
  ".": { types: "./index.d.ts", browser: "./index.js", node: "./index.js", default: "./index.js" },
  "./node": { types: "./node.d.ts", node: "./node.js" },
  "./contracts": { types: "./protocol/contracts.d.ts", default: "./protocol/contracts.js" },
  "./package.json": "./package.json",
};

rmSync(dist, { recursive: true, force: true });
const tsc = path.join(path.dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
execFileSync(process.execPath, [tsc, "-p", path.join(import.meta.dirname, "tsconfig.sdk.json")], { stdio: "inherit" });
for (const file of globSync("**/*.d.ts", { cwd: dist })) nameJavaScript(path.join(dist, file));
writeFileSync(path.join(dist, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
writeFileSync(path.join(dist, "API.md"), renderApi(sdk, dist));
copyFileSync(path.join(root, "docs/sdk.md"), path.join(dist, "README.md"));
copyFileSync(path.join(root, "LICENSE"), path.join(dist, "LICENSE"));

/** tsc rewrites the endings of imports in what runs, and leaves them in declarations. */
function nameJavaScript(file: string): void {
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/((?:from|import)\s*\(?\s*"\.{1,2}\/[^"]+)\.ts"/g, '$1.js"'));
}

function manifest(): Record<string, unknown> {
  const source = JSON.parse(readFileSync(path.join(sdk, "package.json"), "utf8")) as Record<string, unknown>;
  const { private: _, exports: __, dependencies, ...facts } = source;
  return { ...facts, engines: { node: ">=20" }, main: "./index.js", types: "./index.d.ts", exports: entries, dependencies };
}
