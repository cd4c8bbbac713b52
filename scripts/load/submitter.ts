import { setTimeout as pause } from "node:timers/promises";
import { type Hex, postTask, reclaimBounty } from "@parity-protocol/sdk";
import { createClient, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";
import type { RunnerLab } from "../../test/runner/support/lab.ts";
import type { Chronicle } from "./chronicle.ts";

/** One more than a multiple of six: two and three equal shares both leave one wei to be reclaimed. */
export const bountyWei = 3_000_001n;
export const bondWei = 1_000n;
/** Any two of three that agree decide, so that one liar or one that is gone for good cannot void a task. */
export const committee = { slots: 3, quorum: 2 } as const;
/** How many tasks of one submitter are open at a time. */
const inFlight = 8;
const secondsToCommit = 900;
const secondsToReveal = 900;
const lookEveryMs = 250;

/** What a submitter does: for each number a job whose output nobody has seen, under that number's gate. */
export interface Submissions {
  numbers: readonly number[];
  gateOf: (number: number) => Hex;
  location: string;
  /** Whether nothing new is to be posted. */
  isOver: () => boolean;
  signal: AbortSignal;
}

/** What a task's job prints. */
export const outputOf = (number: number): string => `task ${number}\n`;

/** A submitter that posts its tasks a few at a time, and settles each once it is closed. */
export class Submitter {
  readonly #lab: RunnerLab;
  readonly #chronicle: Chronicle;
  readonly #client;
  /** Its tasks that are not settled, and their numbers. */
  readonly open = new Set<Hex>();
  readonly numbers = new Map<Hex, number>();

  constructor(lab: RunnerLab, chronicle: Chronicle, index: number) {
    this.#lab = lab;
    this.#chronicle = chronicle;
    this.#client = createClient({
      account: privateKeyToAccount(lab.keyOf(index)),
      chain: hardhat,
      transport: http(lab.rpcUrl),
      pollingInterval: 200,
    });
  }

  get address(): Hex {
    return this.#client.account.address;
  }

  /** Posts all and settles all; returns early when it is aborted. */
  async work({ numbers, isOver, signal, ...offer }: Submissions): Promise<void> {
    let left = [...numbers];
    while (!signal.aborted && (left.length > 0 || this.open.size > 0)) {
      if (isOver()) left = [];
      if (await this.#settleOne()) continue;
      const number = this.open.size < inFlight ? left.shift() : undefined;
      if (number === undefined) await pause(lookEveryMs);
      else await this.#post(number, offer);
    }
  }

  async #post(number: number, { gateOf, location }: Pick<Submissions, "gateOf" | "location">): Promise<void> {
    const jobHash = await this.#lab.upload({ script: "read line < /input/line; echo $line", input: { line: outputOf(number) } });
    const commitDeadline = (await this.#lab.now()) + secondsToCommit;
    const terms = { ...committee, bountyWei, bondWei, jobHash, commitDeadline, revealWindowSeconds: secondsToReveal, gate: gateOf(number) };
    const { taskId } = await postTask(this.#client, { escrow: this.#lab.escrow, terms, location, sources: "unchecked", pollMs: 100 });
    this.open.add(taskId);
    this.numbers.set(taskId, number);
  }

  /** Reclaims what nobody earned in one closed task: each runner claims for itself, if only its bond. @returns whether there was one */
  async #settleOne(): Promise<boolean> {
    const closed = [...this.open].find((taskId) => this.#isClosed(taskId));
    const task = closed && this.#chronicle.tasks.get(closed);
    if (!task) return false;
    await reclaimBounty(this.#client, { escrow: this.#lab.escrow, task: task.key, pollMs: 100 });
    this.open.delete(task.taskId);
    return true;
  }

  #isClosed(taskId: Hex): boolean {
    return this.#chronicle.named("ResultRevealed", taskId).length === committee.slots;
  }
}
