import { pause, scanLogs } from "@parity-protocol/sdk";
import type { Client, RpcLog } from "viem";
import type { Cursor } from "../journal/records.ts";
import { decodeEvents, type EscrowEvent, type EscrowPlace } from "./escrow-events.ts";
import { type BlockId, type Head, isCanonical, readHash, readHead, relateHeads } from "./head.ts";

/** Who wants to know what happens on the chain. Calls come in the chain's order; an event may come more than once. */
export interface ChainListener {
  /** Events up to a block, and what to remember so that they are not read again; they come again if it fails. */
  onEvents(events: readonly EscrowEvent[], cursor: Cursor): Promise<void>;
  /** Blocks from this number on are not what they were; their events follow again. */
  onReorganisation(fromBlock: bigint): void;
  /** A new head, before its events. */
  onHead(head: Head): void;
  /** The chain was read, and its head is the one that was told. */
  onSameHead?(): void;
  /** An endpoint showed a block again that newer ones followed: it is behind the one that was asked before. */
  onStaleHead?(head: Head): void;
  /** The chain could not be read; it is tried again. */
  onFault(error: unknown, faultsInARow: number): void;
}

/** What to follow and how. */
export interface FollowOptions extends EscrowPlace {
  client: Client;
  /** Where the last run stopped. */
  cursor?: Cursor;
  /** The first block that matters where there is no cursor. */
  fromBlock: bigint;
  /** Whether several endpoints may answer, so that a head that goes back is one of them being behind. */
  hasSeveralEndpoints?: boolean;
  /** Asked before every pause. */
  pollMs: () => number;
  signal: AbortSignal;
}

/** How far back events are read again after a reorganisation: twice the depth of finality on the chains that have one. */
const reorganisationMargin = 128n;
/** Blocks whose logs are read a second time: endpoints that share a name do not see a new block all at once. */
const overlap = 2n;
/** Blocks whose hashes are remembered, to know them again. */
const rememberedHeads = 64n;
const maxLogRange = 10_000n;
/** About a third of a megabyte of JSON: what catching up needs of memory does not depend on how much is behind. */
const maxLogs = 250;
const longestPauseMs = 15_000;

/** Follows the chain until the signal ends it. One request a poll; logs only when there is a new block. Faults are waited out. */
export async function followChain(options: FollowOptions, listener: ChainListener): Promise<void> {
  const { signal } = options;
  const follower = new Follower(options, listener);
  let faults = 0;
  while (!signal.aborted) {
    try {
      await follower.catchUp();
      faults = 0;
    } catch (error) {
      if (signal.aborted) return;
      faults += 1;
      listener.onFault(error, faults);
    }
    const pollMs = options.pollMs();
    const pauseMs = faults === 0 ? pollMs : Math.min(longestPauseMs, Math.max(pollMs, 100) * 2 ** Math.min(faults, 10));
    await pause(pauseMs, signal).catch(() => undefined);
  }
}

class Follower {
  readonly #options: FollowOptions;
  readonly #listener: ChainListener;
  readonly #seen = new Map<string, bigint>();
  readonly #recent = new Map<bigint, string>();
  #last: BlockId | undefined;
  /** The head that was told; undefined at first, so that a listener hears of one even where nothing happened meanwhile. */
  #told: Head | undefined;

  constructor(options: FollowOptions, listener: ChainListener) {
    this.#options = options;
    this.#listener = listener;
    if (options.cursor) this.#last = { number: options.cursor.blockNumber, hash: options.cursor.blockHash };
  }

  async catchUp(): Promise<void> {
    const head = await readHead(this.#options.client, this.#told?.hash);
    if (!head) return this.#listener.onSameHead?.();
    if (this.#isStale(head)) return this.#listener.onStaleHead?.(head);
    this.#listener.onHead(head);
    await this.#readEvents(await this.#firstUnread(head), head);
    this.#told = head;
    this.#remember(head);
  }

  /** A block of this chain that was told before: the next block of any endpoint says whether the chain really went back. */
  #isStale({ number, hash }: Head): boolean {
    return (
      this.#options.hasSeveralEndpoints === true &&
      this.#told !== undefined &&
      number < this.#told.number &&
      this.#recent.get(number) === hash
    );
  }

  #remember({ number, hash }: Head): void {
    for (const other of this.#recent.keys()) if (other >= number || other < number - rememberedHeads) this.#recent.delete(other);
    this.#recent.set(number, hash);
  }

  async #firstUnread(head: Head): Promise<bigint> {
    const last = this.#last;
    if (!last) return this.#options.fromBlock;
    const relation = relateHeads(last, head);
    if (relation === "same") return head.number + 1n;
    const isContinuous = relation === "next" || (relation === "ahead" && (await isCanonical(this.#options.client, last)));
    if (isContinuous) return last.number + 1n;
    const from = maximum(this.#options.fromBlock, minimum(last.number, head.number) - reorganisationMargin);
    this.#seen.clear();
    this.#listener.onReorganisation(from);
    return from;
  }

  async #readEvents(from: bigint, head: Head): Promise<void> {
    const { client, escrow, chainId, signal, fromBlock } = this.#options;
    if (from > head.number) return;
    const query = { address: escrow, topics: [], fromBlock: maximum(fromBlock, from - overlap), toBlock: head.number };
    for await (const { logs, toBlock } of scanLogs(client, { ...query, maxRange: maxLogRange, maxLogs, signal })) {
      const blockHash = toBlock === head.number ? head.hash : await readHash(client, toBlock);
      const fresh = logs.filter((log) => !this.#seen.has(nameOf(log)));
      await this.#listener.onEvents(decodeEvents(fresh, { chainId, escrow }), { blockNumber: toBlock, blockHash });
      for (const log of fresh) this.#seen.set(nameOf(log), BigInt(log.blockNumber ?? 0));
      this.#last = { number: toBlock, hash: blockHash };
      this.#forgetBefore(toBlock - overlap);
    }
  }

  #forgetBefore(block: bigint): void {
    for (const [name, number] of this.#seen) if (number < block) this.#seen.delete(name);
  }
}

const nameOf = ({ blockHash, logIndex }: RpcLog): string => `${blockHash}:${logIndex}`;
const minimum = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const maximum = (a: bigint, b: bigint): bigint => (a > b ? a : b);
