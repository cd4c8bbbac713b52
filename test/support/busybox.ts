import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { installPackages } from "./debian-packages.ts";

const places = ["/usr/bin/busybox", "/bin/busybox", "/usr/local/bin/busybox"];

/** Finds a static busybox, the usual content of test images; on Debian as root it is installed when it is missing. */
export function findBusybox(): string {
  const found = places.find(isStatic);
  if (found) return found;
  installPackages(["busybox-static"]);
  const installed = places.find(isStatic);
  if (!installed) throw new Error("Debian's busybox-static brought no static busybox.");
  return installed;
}

/** Makes a folder that packs into an image with a shell: /bin/busybox, /bin/sh and the usual names as links to it. */
export function makeBusyboxFolder(folder: string, applets: readonly string[] = ["sh"]): string {
  mkdirSync(join(folder, "bin"), { recursive: true });
  copyFileSync(findBusybox(), join(folder, "bin/busybox"));
  for (const applet of applets) symlinkSync("busybox", join(folder, "bin", applet));
  return folder;
}

function isStatic(path: string): boolean {
  if (!existsSync(path)) return false;
  return !execFileSync(path, ["--help"], { encoding: "utf8" }).includes("not static") && !hasInterpreter(path);
}

/** A dynamic program names its interpreter near its start. */
function hasInterpreter(path: string): boolean {
  return execFileSync("head", ["-c", "4096", path]).includes("ld-linux");
}
