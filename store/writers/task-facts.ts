import {
  type Address,
  type ChainClient,
  type ChainTime,
  chainErrorOf,
  getChainTime,
  getResult,
  getTask,
  type Hex,
  isParityError,
  scanLogs,
  type Task,
} from "@parity-protocol/sdk";
import { taskEscrowAbi } from "@parity-protocol/sdk/contracts";
import { encodeEventTopics, encodeFunctionData, parseEventLogs, size, slice } from "viem";
import { call, getBalance, getBlockNumber, getTransaction } from "viem/actions";
import { FactCache } from "./fact-cache.ts";

/** The chain that a store asks who its writers are. */
export interface StoreChain {
  client: ChainClient;
  chainId: number;
  escrow: Address;
  /** The block of the escrow's deployment, or an earlier one. */
  fromBlock: bigint;
}

/** What an identity revealed in a task. */
export interface Reveal {
  payee: Address;
  outputHash: Hex;
}

/** How long an answer that may change is believed, in milliseconds. */
const PASSING_MS = 5_000;
const UNPROVEN_MS = 60_000;
const LASTING_MS = 10 * 60_000;
/** What a contract wallet may spend on checking a signature. */
const ERC1271_GAS = 300_000n;
const ERC1271_MAGIC = "0x1626ba7e";

const isValidSignatureAbi = [
  {
    type: "function",
    name: "isValidSignature",
    stateMutability: "view",
    inputs: [
      { name: "hash", type: "bytes32" },
      { name: "signature", type: "bytes" },
    ],
    outputs: [{ type: "bytes4" }],
  },
] as const;

/** Asks the chain about tasks and addresses: a few questions at a time, each answer remembered for as long as it can be. */
export class TaskFacts {
  readonly #chain: StoreChain;
  readonly #cache = new FactCache();

  constructor(chain: StoreChain) {
    this.#chain = chain;
  }

  get domain(): { chainId: number; escrow: Address } {
    return this.#chain;
  }

  /** The chain's time. */
  time(): Promise<ChainTime> {
    return this.#cache.ask(
      "time",
      () => getChainTime(this.#chain.client),
      () => PASSING_MS,
    );
  }

  /** A task by its event, which never changes; undefined where the escrow has none. */
  task(taskId: Hex): Promise<Task | undefined> {
    const { client, escrow, fromBlock } = this.#chain;
    const read = async () => {
      try {
        return await getTask(client, { escrow, taskId, fromBlock });
      } catch (error) {
        if (isParityError(error, "TASK_UNKNOWN", "TASK_EVENT_MISSING")) return undefined;
        throw error;
      }
    };
    return this.#cache.ask(`task ${taskId}`, read, (task) => (task ? LASTING_MS : PASSING_MS));
  }

  /** The output that a task is decided for; undefined while it is not. */
  decidedHash(taskId: Hex): Promise<Hex | undefined> {
    const { client, escrow } = this.#chain;
    const read = async () => {
      const { isDecided, outputHash } = await getResult(client, { escrow, taskId });
      return isDecided ? outputHash : undefined;
    };
    return this.#cache.ask(`decided ${taskId}`, read, (hash) => (hash ? LASTING_MS : PASSING_MS));
  }

  /** What an identity revealed, also after its slot was settled; undefined where it has not. */
  reveal(task: Task, identity: Hex): Promise<Reveal | undefined> {
    const read = async () =>
      (await this.#logsOf(task, identity)).find((log) => log.eventName === "ResultRevealed")?.args as Reveal | undefined;
    return this.#cache.ask(`reveal ${task.taskId} ${identity}`, read, (reveal) => (reveal ? LASTING_MS : PASSING_MS));
  }

  /** Says whether an address acted for an identity: it reserved the slot, or sent what committed or revealed. */
  actedFor(task: Task, identity: Hex, writer: Address): Promise<boolean> {
    const isWriter = (address: Address | undefined) => address?.toLowerCase() === writer.toLowerCase();
    const read = async () => {
      const logs = await this.#logsOf(task, identity);
      if (logs.some((log) => log.eventName === "SlotReserved" && isWriter(log.args.runner))) return true;
      const commit = logs.find((log) => log.eventName === "ResultCommitted");
      if (!commit?.transactionHash) return false;
      return isWriter((await getTransaction(this.#chain.client, { hash: commit.transactionHash })).from);
    };
    return this.#cache.ask(`acted ${task.taskId} ${identity} ${writer}`, read, (acted) => (acted ? LASTING_MS : PASSING_MS));
  }

  /** Says whether an address has ever posted a task at this escrow. */
  hasPosted(submitter: Address): Promise<boolean> {
    const { client, escrow, fromBlock } = this.#chain;
    const topics = encodeEventTopics({ abi: taskEscrowAbi, eventName: "TaskPosted", args: { submitter } });
    const read = async () => {
      const toBlock = await getBlockNumber(client, { cacheTime: 0 });
      for await (const { logs } of scanLogs(client, { address: escrow, fromBlock, toBlock, topics: topics as Hex[] }))
        if (logs.length > 0) return true;
      return false;
    };
    // The whole chain is read for a no: not for every blob of an upload.
    return this.#cache.ask(`posted ${submitter}`, read, (posted) => (posted ? LASTING_MS : UNPROVEN_MS));
  }

  /** Says whether an address owns any of the chain's currency: who posts a task needs some. */
  hasFunds(address: Address): Promise<boolean> {
    const read = async () => (await getBalance(this.#chain.client, { address })) > 0n;
    return this.#cache.ask(`funds ${address}`, read, (has) => (has ? LASTING_MS : PASSING_MS));
  }

  /** Asks a contract wallet whether a signature is its own (ERC-1271). Not remembered: each write has its own. */
  isSignedByContract(wallet: Address, hash: Hex, signature: Hex): Promise<boolean> {
    return this.#cache.inTurn(async () => {
      const data = encodeIsValidSignature(hash, signature);
      const answer = await call(this.#chain.client, { to: wallet, data, gas: ERC1271_GAS }).catch((error: unknown) => {
        // A contract that fails has not signed; an RPC that fails has not answered.
        if (/revert|invalid opcode|invalid jump|out of gas|stack (under|over)flow/i.test(String(error))) return undefined;
        throw chainErrorOf(error, this.#chain.client);
      });
      return answer?.data !== undefined && size(answer.data) >= 4 && slice(answer.data, 0, 4) === ERC1271_MAGIC;
    });
  }

  /** An identity's events in one task are few: taking and opening a slot, and its end. */
  async #logsOf({ taskId, blockNumber }: Task, identity: Hex) {
    const { client, escrow } = this.#chain;
    const toBlock = await getBlockNumber(client, { cacheTime: 0 });
    const found = [];
    for await (const { logs } of scanLogs(client, { address: escrow, fromBlock: blockNumber, toBlock, topics: [null, taskId, identity] }))
      found.push(...logs);
    return parseEventLogs({ abi: taskEscrowAbi, logs: found, strict: true });
  }
}

function encodeIsValidSignature(hash: Hex, signature: Hex): Hex {
  return encodeFunctionData({ abi: isValidSignatureAbi, functionName: "isValidSignature", args: [hash, signature] });
}
