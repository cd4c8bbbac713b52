import type { Gate } from "@parity-protocol/sdk";
import { admitsText, isOpenToAnyone } from "../gates/show-gate.ts";
import type { ResolvedJob } from "../job-file/resolve-job.ts";
import { facts } from "../terminal/columns.ts";
import type { JsonRecord } from "../terminal/printer.ts";
import { formatAmount, formatEth, grouped } from "../units/amount.ts";
import type { Currency } from "../units/currency.ts";
import { formatDuration } from "../units/duration.ts";
import { formatSize } from "../units/size.ts";
import type { TermsPlan } from "./terms.ts";

/** What a submitter agrees to. */
export interface Offer {
  job: ResolvedJob;
  terms: TermsPlan;
  /** Absent for a task that is open to anyone. */
  gate?: Gate;
  submitter: string;
  /** What the submitter has of the escrow's asset. */
  balanceWei: bigint;
  currency: Currency;
  /** What the submitter has for gas. */
  gasBalanceWei: bigint;
}

type Money = Pick<Offer, "submitter" | "balanceWei" | "gasBalanceWei" | "currency">;

/** Shows what is about to be offered, and what it costs. */
export function offerLines({ job, terms, gate, ...money }: Offer): string[] {
  const { image, input } = job.spec;
  return facts([
    ["job", job.jobHash],
    ["image", `${image.archive.slice(0, 16)}…, ${formatSize(image.bytes)}, ${image.platform}`],
    [
      "input",
      input.length === 0 ? "none" : `${grouped(input.length)} ${input.length === 1 ? "file" : "files"}, ${formatSize(job.inputBytes)}`,
    ],
    ["level", levelText(job)],
    ...costFacts(terms, money),
    ["runners", `${terms.quorum} of ${terms.slots} must agree; ${admitsText(gate)}`],
    ["time", timeText(terms)],
  ]);
}

/** Gives an offer's facts for programs. */
export function offerRecord({ job, terms, submitter, balanceWei, currency }: Offer): JsonRecord {
  const { image, input } = job.spec;
  return {
    event: "offer",
    jobHash: job.jobHash,
    image,
    inputFiles: input.length,
    inputBytes: job.inputBytes,
    level: job.spec.determinism.level,
    hasDefaultLevel: job.hasDefaultLevel,
    ...terms,
    isOpenToAnyone: isOpenToAnyone(terms),
    submitter,
    balanceWei,
    ...(currency.token ? { token: currency.token, symbol: currency.name } : {}),
  };
}

const levelMeaning = {
  "standard@1": "a fixed environment; the clock, random numbers and threads are each machine's own",
  "strict@1": "virtual time, public random numbers, one thread at a time",
} as const;

/** Says what makes the output the same everywhere, and who chose it. */
function levelText({ spec, hasDefaultLevel }: ResolvedJob): string {
  const { level } = spec.determinism;
  return `${level}${hasDefaultLevel ? `, the default for ${spec.image.platform}` : ""}: ${levelMeaning[level]}`;
}

/** Says what it costs, and in whose token: its name is the token's own word. */
function costFacts(terms: TermsPlan, { submitter, balanceWei, gasBalanceWei, currency }: Money): [string, string][] {
  const bounty = formatAmount(terms.bountyWei, currency);
  if (!currency.token) return [["bounty", `${bounty} and gas, from ${submitter} (has ${formatEth(balanceWei, 3)} eth)`]];
  return [
    [
      "bounty",
      `${bounty} and gas, from ${submitter} (has ${formatAmount(balanceWei, currency)}, ${formatEth(gasBalanceWei, 3)} eth for gas)`,
    ],
    ["token", `${currency.token}, which calls itself ${currency.name}`],
  ];
}

function timeText({ commitSeconds, revealDelaySeconds, revealWindowSeconds }: TermsPlan): string {
  const delay = revealDelaySeconds === 0 ? "" : `, then a pause of ${formatDuration(revealDelaySeconds)}`;
  return `commits within ${formatDuration(commitSeconds)}${delay}, then reveals within ${formatDuration(revealWindowSeconds)}`;
}
