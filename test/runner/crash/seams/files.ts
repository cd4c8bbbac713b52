import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { relative } from "node:path";
import { around } from "../boundary.ts";

const root = process.env.RUNNER_DIRECTORY ?? "";
const { promises } = fs;
const { rename, writeFile } = promises;

promises.rename = (from, to) => around(`file ${nameOf(to)}`, () => rename(from, to));
promises.writeFile = (path, ...rest) =>
  typeof path === "string" ? around(`file ${nameOf(path)}`, () => writeFile(path, ...rest)) : writeFile(path, ...rest);
syncBuiltinESMExports();

/** Names differ from run to run: hashes, task ids and random parts are left out. */
function nameOf(path: unknown): string {
  const name = relative(root, String(path));
  if (name.startsWith("..")) return "temporary";
  return name
    .replace(/(0x)?[0-9a-f]{64}/g, "HASH")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID")
    .replace(/\/[0-9a-f]{2}\//g, "/");
}
