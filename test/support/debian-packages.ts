import { execFileSync, spawnSync } from "node:child_process";

/**
 * Makes sure that programs are on the machine: on Debian as root, what is missing is installed. Keys are names of commands, values the
 * packages that bring them, separated by a space.
 */
export function ensurePrograms(programs: Readonly<Record<string, string>>): void {
  const missing = Object.entries(programs).filter(([command]) => spawnSync("sh", ["-c", `command -v ${command}`]).status !== 0);
  if (missing.length > 0) installPackages([...new Set(missing.flatMap(([, names]) => names.split(" ")))]);
}

/** Installs packages of Debian. */
export function installPackages(names: readonly string[]): void {
  const apt = (...args: string[]) =>
    execFileSync("apt-get", args, { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  const install = () => apt("install", "-y", "--no-install-recommends", ...names);
  try {
    try {
      install();
    } catch {
      apt("update"); // a machine that never did knows no packages
      install();
    }
  } catch (cause) {
    throw new Error(`The tests need Debian's ${names.join(", ")}: install them, or run the tests as root.`, { cause });
  }
}

/** Makes sure that apt knows which packages there are: a machine that never asked knows none. */
export function ensurePackageLists(): void {
  if (spawnSync("apt-cache", ["show", "busybox-static"], { stdio: "ignore" }).status === 0) return;
  const update = spawnSync("apt-get", ["update"], { stdio: "ignore" });
  if (update.status !== 0) throw new Error("The tests need Debian's package lists: run apt-get update, or run the tests as root.");
}
