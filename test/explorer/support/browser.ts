import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { buildExplorer } from "../../../cli/explorer/build-explorer.ts";
import { type ServedExplorer, serveExplorer } from "../../../cli/explorer/serve-explorer.ts";
import type { Network } from "../../../cli/network/network-file.ts";
import { ensurePrograms } from "../../support/debian-packages.ts";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A page in a real browser. */
export interface Visit {
  page: Page;
  context: BrowserContext;
  /** What the browser refused by the page's policy, and errors that nobody caught. */
  complaints: string[];
  close(): Promise<void>;
}

/** Builds the page and serves it as `parity up` does. */
export async function serveFor(network: Network): Promise<ServedExplorer> {
  return serveExplorer(await buildExplorer(AbortSignal.timeout(300_000)), network);
}

/** Opens a headless Chromium with an empty profile. */
export async function openBrowser(options: { isDark?: boolean; isPhone?: boolean } = {}): Promise<Visit> {
  ensurePrograms({ chromium: "chromium" });
  const profile = mkdtempSync(path.join(os.tmpdir(), "parity-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    headless: true,
    args: flags,
    colorScheme: options.isDark ? "dark" : "light",
    viewport: options.isPhone ? { width: 390, height: 844 } : { width: 1280, height: 900 },
    ...(options.isPhone ? { deviceScaleFactor: 2, isMobile: true, hasTouch: true } : {}),
    reducedMotion: "reduce",
    timezoneId: "UTC",
    locale: "en-GB",
  });
  context.setDefaultTimeout(60_000);
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (/Content.Security.Policy|Trusted.?Type/i.test(message.text())) complaints.push(message.text());
  });
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { page, context, complaints, close };
}
