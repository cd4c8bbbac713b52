// Makes the pictures of docs/explorer.md: a local network with some days of history, looked at in a real browser.
import path from "node:path";
import { claimPayout, type Hex, type Opening } from "@parity-protocol/sdk";
import { openBrowser, serveFor, type Visit } from "../test/explorer/support/browser.ts";
import { openStage, playLiarAndCopier, type Stage } from "../test/explorer/support/stage.ts";

const images = path.resolve(import.meta.dirname, "../docs/images");
const nobody = "0x0000000000000000000000000000000000000000";

/** What each of three runners answers, task by task, day by day; a dot for a runner that does not. */
const days = ["aaa aaa", "aaa abc aaa aab", "aaa", "aaa aaa a..", "aaa abc aab aaa aaa", "aaa aab"] as const;

async function playHistory(stage: Stage): Promise<void> {
  for (const [day, tasks] of days.entries()) {
    for (const answers of tasks.split(" ")) await playTask(stage, answers, day);
    await stage.pass(86_400);
  }
}

async function playTask(stage: Stage, answers: string, day: number): Promise<void> {
  const task = await stage.post({ slots: 3, quorum: 2, bountyWei: 60_000_000_000_000_000n });
  const openings: Opening[] = [];
  for (const [i, answer] of answers.split("").entries()) {
    const hash: Hex = answer === "a" ? stage.outputHash : `0x${`${answer}7${day}`.padEnd(64, answer)}`;
    if (answer !== ".") openings.push(await stage.commit(task, (i + day) % 4, hash));
  }
  if (openings.length < 3) return stage.pass(700); // too few: it dies
  for (const opening of openings) await stage.reveal(task, opening);
  for (const opening of openings) await claimPayout(stage.submitter, { escrow: stage.local.network.escrow, task: task.key, opening });
}

/** Some that are still alive, one in each phase. */
async function playLiveTasks(stage: Stage): Promise<void> {
  const open = await stage.post({ gate: nobody, slots: 3, quorum: 2 });
  await stage.commit(open, 1, stage.outputHash);
  const sealed = await stage.post({ slots: 3, quorum: 2, revealDelaySeconds: 120 });
  for (const runner of [0, 1, 2]) await stage.commit(sealed, runner, stage.outputHash);
  const revealing = await stage.post({ slots: 3, quorum: 3 });
  const openings = [];
  for (const runner of [0, 1, 2]) openings.push(await stage.commit(revealing, runner, stage.outputHash));
  if (openings[0]) await stage.reveal(revealing, openings[0]);
}

async function shoot({ page }: Visit, address: string, { sign, name }: { sign: string; name: string }): Promise<void> {
  await page.goto(address);
  await page.locator(sign).first().waitFor();
  await page.locator(".pulse-live").waitFor(); // everything is read
  await page.evaluate("document.fonts.ready.then(() => undefined)");
  await page.screenshot({ path: path.join(images, `${name}.png`) });
}

const stage = await openStage();
const served = await serveFor(stage.local.network);
const visits: Visit[] = [];
try {
  await playHistory(stage);
  const task = await playLiarAndCopier(stage, 40);
  await playLiveTasks(stage);
  const [light, dark, phone] = [await openBrowser(), await openBrowser({ isDark: true }), await openBrowser({ isPhone: true })];
  visits.push(light, dark, phone);
  await shoot(light, `${served.url}#/tasks/${task.taskId}`, { sign: ".files", name: "explorer-task" });
  await shoot(light, `${served.url}#/tasks`, { sign: "tbody tr", name: "explorer-tasks" });
  await shoot(dark, `${served.url}#/network`, { sign: "canvas", name: "explorer-network-dark" });
  await shoot(phone, `${served.url}#/tasks/${task.taskId}`, { sign: ".files", name: "explorer-phone" });
} finally {
  for (const visit of visits) await visit.close();
  await served.close();
  await stage.stop();
}
