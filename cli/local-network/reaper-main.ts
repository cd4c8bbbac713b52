// Waits for the end of its standard input, which is the end of the process that started it, and takes down what that process left behind.
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { hasMembers, signalGroup } from "./process-group.ts";

const GRACE_MS = 15_000;
const POLL_MS = 100;

async function reap(): Promise<void> {
  // Its own end would leave the others alone: only the end of the input counts.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
  const groups = new Set<number>();
  const files = new Set<string>();
  for await (const line of createInterface({ input: process.stdin })) {
    const [verb, rest] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
    if (line === "dismiss") return;
    if (verb === "adopt") groups.add(Number(rest));
    if (verb === "release") groups.delete(Number(rest));
    if (verb === "remove") files.add(rest);
  }
  await endAll([...groups]);
  for (const file of files) rmSync(file, { recursive: true, force: true });
}

async function endAll(groups: readonly number[]): Promise<void> {
  for (const pid of groups) signalGroup(pid, "SIGTERM");
  const giveUpAt = performance.now() + GRACE_MS;
  while (groups.some(hasMembers) && performance.now() < giveUpAt) await pause(POLL_MS);
  for (const pid of groups) signalGroup(pid, "SIGKILL");
}

await reap();
