import { join } from "node:path";
import { jobBounds } from "@parity-protocol/sdk";
import { Incoming } from "./folder/incoming.ts";
import { Space } from "./folder/space.ts";
import { StderrNotes } from "./folder/stderr-notes.ts";
import { type FolderStore, folderStore } from "./folder-store.ts";
import type { StoreLogger, StoreParts } from "./http/call.ts";
import { RateLimit } from "./http/rate-limit.ts";
import { Keeper } from "./retention/keeper.ts";
import type { StoreServerOptions } from "./server.ts";
import { AnnouncedOutputs } from "./writers/announced-outputs.ts";
import type { Quota, QuotaTerms } from "./writers/quota.ts";
import { loadQuota, saveQuota } from "./writers/quota-file.ts";
import { paceOf, type SignedWriting } from "./writers/signed-writing.ts";
import { TaskFacts } from "./writers/task-facts.ts";

/** A store that is put together, and not served yet. */
export interface OpenStore {
  parts: StoreParts;
  keeper: Keeper;
  close(): Promise<void>;
}

const GIB = 1024 ** 3;

/** What may be written with signatures a day unless told: ten large images an address, and never more than an owner can watch. */
export const defaultQuota: QuotaTerms = { addressBytes: 4 * GIB, unprovenBytes: 16 * GIB, signedBytes: 64 * GIB };

/** How long after its close an output is taken where nothing is ever removed. */
const DUE_DAYS = 7;
const DAY_SECONDS = 86_400;
/** Manifests that wait for their blobs: at most 32 MiB each, mostly a few KiB. */
const ASIDE_BYTES = GIB;
/** How many signatures of one peer, or one writer, are checked: a job may have very many small inputs. */
const SIGNED_PER_SECOND = 200;
const SIGNED_BURST = 4_000;
const SAVE_EVERY_MS = 5_000;

const silence: StoreLogger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Opens the directory of a store and what guards it. `publicUrls` may be filled in later, before the first request. */
export async function openStore(options: StoreServerOptions, publicUrls: readonly string[]): Promise<OpenStore> {
  const { directory, maxBlobBytes = jobBounds.archiveBytes, maxBytes, logger = silence } = options;
  const folder = folderStore(directory, { maxBlobBytes, ...(maxBytes === undefined ? {} : { maxBytes }) });
  await folder.ready();
  const aside = folderStore(join(folder.directory, "announced"), { maxBytes: ASIDE_BYTES, maxBlobBytes: jobBounds.manifestBytes });
  const notes = await openNotes(folder, options.maxNotesBytes ?? GIB);
  const signed = options.chain && (await openSigned(options, { folder, publicUrls, chain: options.chain }));
  const bounds = { maxBlobBytes, idleTimeoutMs: options.idleTimeoutMs ?? 30_000, minBytesPerSecond: options.minBytesPerSecond ?? 1024 };
  const perSecond = options.requestsPerSecond;
  const requests = perSecond === undefined ? undefined : new RateLimit(perSecond, 10 * perSecond);
  const announced = new AnnouncedOutputs(aside, folder);
  const parts: StoreParts = { folder, notes, token: options.token, signed, announced, requests, bounds, logger };
  const following = options.chain && { chain: options.chain, publicUrls, cursorFile: join(folder.directory, "followed.json") };
  const keeper = new Keeper({ folder, aside, notes, retentionDays: options.retentionDays, following, logger });
  const saving = signed && keepSaved(signed.quota, quotaFileOf(folder), logger);
  return { parts, keeper, close: async () => void (await Promise.all([keeper.stop(), saving?.stop()])) };
}

async function openNotes(folder: FolderStore, maxBytes: number): Promise<StderrNotes> {
  const incoming = new Incoming(join(folder.directory, "incoming"), true);
  const notes = new StderrNotes(join(folder.directory, "notes"), { incoming, space: new Space(maxBytes) });
  await notes.open();
  return notes;
}

function quotaFileOf(folder: FolderStore): string {
  return join(folder.directory, "quota.json");
}

type Signing = { folder: FolderStore; publicUrls: readonly string[]; chain: NonNullable<StoreServerOptions["chain"]> };

async function openSigned(options: StoreServerOptions, { folder, publicUrls, chain }: Signing): Promise<SignedWriting> {
  const quota = await loadQuota(quotaFileOf(folder), { ...defaultQuota, ...options.quota });
  const dueSeconds = (options.retentionDays ?? DUE_DAYS) * DAY_SECONDS;
  const pace = paceOf(new RateLimit(SIGNED_PER_SECOND, SIGNED_BURST));
  return { facts: new TaskFacts(chain), quota, publicUrls, dueSeconds, pace };
}

/** Writes down what is counted, now and then and at the end. */
function keepSaved(quota: Quota, path: string, logger: StoreLogger): { stop(): Promise<void> } {
  let saved = "";
  const save = async () => {
    const counted = JSON.stringify(quota.record);
    if (counted === saved) return;
    await saveQuota(path, quota).catch((err: unknown) => logger.warn({ err }, "Quota could not be written down"));
    saved = counted;
  };
  let saving: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    saving = saving.then(save);
  }, SAVE_EVERY_MS);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await saving.then(save);
    },
  };
}
