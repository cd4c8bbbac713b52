import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import {
  type BlobStore,
  checkTerms,
  defaultLimits,
  type Gate,
  getChainTime,
  getGate,
  type Hex,
  postTask,
  putBlobs,
  type Task,
  zeroAddress,
} from "@parity-protocol/sdk";
import type { PrivateKeyAccount } from "viem/accounts";
import type { CheckOptions } from "../check/check-flag.ts";
import { requireDeterministic } from "../check/require-deterministic.ts";
import { readJobFile } from "../job-file/read-job-file.ts";
import { type ResolvedJob, resolveJob } from "../job-file/resolve-job.ts";
import { findAccount } from "../keys/find-key.ts";
import { sendAs } from "../network/connect.ts";
import { type OpenNetwork, openNetwork } from "../network/open-network.ts";
import { uploadStore } from "../network/stores.ts";
import type { Context } from "../program/context.ts";
import { openEngine } from "../program/open-engine.ts";
import type { KeyOptions, MoneyOptions, NetworkOptions, StoreOptions } from "../program/options.ts";
import { formatSize } from "../units/size.ts";
import { allowBounty } from "./allow-bounty.ts";
import { requireConsent } from "./confirm.ts";
import { requireFunds } from "./funds.ts";
import { type Offer, offerLines, offerRecord } from "./preview.ts";
import { planTerms, type TermsOptions, type TermsPlan } from "./terms.ts";

/** Stands for a blob that nobody asks for: to see whether a store answers, and for a job hash that is not known yet. */
const ANY_NAME = "0".repeat(64);

/** Everything that says how to post a job. */
export type SubmitOptions = NetworkOptions & StoreOptions & KeyOptions & MoneyOptions & TermsOptions & CheckOptions;

/** A job that was posted. */
export interface Submission {
  task: Task;
  transactionHash: Hex;
  job: ResolvedJob;
  network: OpenNetwork;
  account: PrivateKeyAccount;
}

/**
 * Posts a job: reads and packs it, shows what it costs, uploads its blobs, escrows the bounty. Whatever can be wrong is found before money moves.
 * @throws what is wrong with the job file, the network, the key, the store or the terms; JOB_NONDETERMINISTIC, JOB_GIVES_NO_OUTPUT
 */
export async function submitJob(context: Context, jobPath: string, options: SubmitOptions): Promise<Submission> {
  const { file, job } = await readJobFile(jobPath);
  const network = await openNetwork(context, options);
  const timeoutSeconds = job.limits?.timeoutSeconds ?? defaultLimits.timeoutSeconds;
  const terms = planTerms(options, {
    chainId: network.connection.chainId,
    settings: network.settings,
    currency: network.currency,
    timeoutSeconds,
  });
  await requirePossible(network, terms);
  const gate = await findGate(network, terms);
  const account = await findAccount(context, options, network.settings.submitterKey);
  const funds = await requireFunds(network, { address: account.address, terms });
  const store = uploadStore(network.settings, { chainId: network.connection.chainId, escrow: network.escrow, account });
  await store.missing([ANY_NAME], { signal: context.signal }); // a store that is down is found before the image is packed
  return withWorkDirectory(async (workDirectory) => {
    const { printer, signal } = context;
    const resolved = await resolveJob({
      job,
      baseDirectory: path.dirname(file),
      workDirectory,
      engine: () => openEngine(context),
      signal,
      onStep: (step) => printer.progress(step === "packing" ? "Packing the image…" : "Hashing the input…"),
    });
    if (options.check) await requireDeterministic(context, resolved, { engine: () => openEngine(context), workDirectory });
    const shown: Offer = {
      job: resolved,
      terms,
      submitter: account.address,
      ...funds,
      currency: network.currency,
      ...(gate ? { gate } : {}),
    };
    return makeOffer(context, { network, account, store, shown, options });
  });
}

interface Prepared {
  network: OpenNetwork;
  account: PrivateKeyAccount;
  store: BlobStore;
  shown: Offer;
  options: SubmitOptions;
}

async function makeOffer(context: Context, prepared: Prepared): Promise<Submission> {
  const { network, store, shown, options } = prepared;
  context.printer.step(offerRecord(shown), offerLines(shown).join("\n"));
  if (shown.terms.gate === zeroAddress)
    context.printer.warn(
      "The task is open to anyone: whoever fills the quorum decides the result. Name a --gate, or verify the result yourself.",
    );
  await requireConsent(context, options, { question: "Post this task?", chainId: network.connection.chainId });
  await upload(context, shown.job, store);
  return post(context, prepared);
}

async function upload(context: Context, job: ResolvedJob, store: BlobStore): Promise<void> {
  const { printer, signal } = context;
  const sent = await putBlobs(store, job.blobs, {
    signal,
    onProgress: (at) =>
      printer.progress(`Uploading: ${at.blobs} of ${at.totalBlobs} blobs, ${formatSize(at.bytes)} of ${formatSize(at.totalBytes)}`),
  });
  printer.step(
    { event: "uploaded", store: store.label, ...sent },
    `Uploaded ${sent.blobs} blobs (${formatSize(sent.bytes)}) to ${store.label}; it had the other ${job.blobs.length - sent.blobs}.`,
  );
}

async function post(context: Context, { network, account, store, shown }: Prepared): Promise<Submission> {
  const { connection, currency, escrow, settings } = network;
  const { commitSeconds, ...rest } = shown.terms;
  const { next } = await getChainTime(connection.client);
  const commitDeadline = next + commitSeconds;
  const sender = sendAs(connection, account);
  const permit = currency.token && (await allowBounty(context, sender, { escrow, amountWei: rest.bountyWei, deadline: commitDeadline }));
  const posted = await postTask(sender, {
    escrow,
    terms: { ...rest, commitDeadline, jobHash: shown.job.jobHash },
    ...(permit ? { permit } : {}),
    location: settings.storeUrls.join(" "),
    sources: [store],
    signal: context.signal,
    // The id comes first: whatever happens next, the task can be found.
    onPrepared: ({ taskId }) => context.printer.step({ event: "posting", taskId }, `Posting task ${taskId}`),
  });
  const { taskId, key, terms, transactionHash, receipt } = posted;
  const task = { taskId, key, submitter: account.address, terms, location: settings.storeUrls.join(" "), blockNumber: receipt.blockNumber };
  return { task, transactionHash, job: shown.job, network, account };
}

/** Reads what the gate of a task is; undefined where it has none. @throws NO_CODE_AT_GATE */
async function findGate({ connection }: OpenNetwork, { gate }: TermsPlan): Promise<Gate | undefined> {
  return gate === zeroAddress ? undefined : getGate(connection.client, { gate });
}

/** Checks the terms by the chain's rules before anything is packed. @throws the codes of each rule for terms */
async function requirePossible({ connection }: OpenNetwork, { commitSeconds, ...terms }: TermsPlan): Promise<void> {
  const { next } = await getChainTime(connection.client);
  checkTerms({ ...terms, commitDeadline: next + commitSeconds, jobHash: `0x${ANY_NAME}`, nonce: 0n }, next);
}

async function withWorkDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "parity-job-"));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
