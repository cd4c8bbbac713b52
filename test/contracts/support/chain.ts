import { readFile } from "node:fs/promises";
import { network } from "hardhat";
import {
  type Abi,
  type AbiEvent,
  type Address,
  concatHex,
  decodeErrorResult,
  decodeEventLog,
  decodeFunctionResult,
  encodeDeployData,
  encodeFunctionData,
  getAddress,
  type Hex,
  hexToBigInt,
  hexToNumber,
  toHex,
} from "viem";

/** What a call emitted, in order; foreign logs keep their name out. */
export interface EmittedEvent {
  address: Address;
  name: string;
  args: Record<string, unknown>;
}

export interface Receipt {
  events: EmittedEvent[];
  gasUsed: bigint;
  contractAddress: Address | null;
}

/** A call that the chain refused, decoded. */
export class Refusal extends Error {
  readonly errorName: string;
  readonly args: readonly unknown[];
  constructor(errorName: string, args: readonly unknown[]) {
    super(`${errorName}(${args.join(", ")})`);
    this.errorName = errorName;
    this.args = args;
  }
}

export interface Call {
  from: Address;
  to: Address;
  abi: Abi;
  fn: string;
  args?: readonly unknown[];
  value?: bigint;
  gas?: bigint;
}

export interface Artifact {
  abi: Abi;
  bytecode: Hex;
}

const artifacts = new URL("../../../artifacts/contracts/", import.meta.url);

/** Reads what the compiler made of a contract, named like "gates/MerkleGate" or "mocks/Tokens:MockToken". */
export async function artifactOf(name: string): Promise<Artifact> {
  const [file = name, contract = file.split("/").at(-1)] = name.split(":");
  return JSON.parse(await readFile(new URL(`${file}.sol/${contract}.json`, artifacts), "utf8")) as Artifact;
}

const gasLimit = 15_000_000n;

/** Decodes revert data with the ABIs of all contracts that tests know; what none of them knows is named by its bytes. */
export function refusalFrom(data: Hex, abi: Abi): Refusal {
  if (data === "0x") return new Refusal("(empty)", []);
  try {
    const { errorName, args } = decodeErrorResult({ abi, data });
    return new Refusal(errorName, args ?? []);
  } catch {
    return new Refusal(data, []);
  }
}

/** An in-process chain that mines every transaction at once, on raw provider calls: fast enough to fuzz on. */
export async function openChain() {
  const connection = await network.connect({
    override: { accounts: { count: 40, accountsBalance: 10n ** 27n }, allowUnlimitedContractSize: false },
  });
  const { provider } = connection;
  const accounts = ((await provider.request({ method: "eth_accounts" })) as Address[]).map((address) => getAddress(address));
  let knownErrors: Abi = [];

  async function request<T>(method: string, params: unknown[] = []): Promise<T> {
    return (await provider.request({ method, params })) as T;
  }

  async function receiptOf(hash: Hex, abi: Abi): Promise<Receipt> {
    const raw = await request<{ logs: RawLog[]; gasUsed: Hex; contractAddress: Address | null }>("eth_getTransactionReceipt", [hash]);
    const events = raw.logs.map((log) => eventFrom(log, abi));
    return { events, gasUsed: hexToBigInt(raw.gasUsed), contractAddress: raw.contractAddress };
  }

  async function sendRaw(
    transaction: { from: Address; to?: Address; data: Hex; value?: bigint; gas?: bigint },
    abi: Abi,
  ): Promise<Receipt> {
    const { from, to, data, value = 0n, gas = gasLimit } = transaction;
    try {
      const fields = { from, data, value: toHex(value), gas: toHex(gas), ...(to === undefined ? {} : { to }) };
      return await receiptOf(await request<Hex>("eth_sendTransaction", [fields]), abi);
    } catch (error) {
      throw refusalOf(error, [...abi, ...knownErrors]);
    }
  }

  return {
    accounts,
    request,
    close: () => connection.close(),
    /** Adds errors (and events) of contracts that are called through others. */
    know: (abi: Abi) => {
      knownErrors = [...knownErrors, ...abi];
    },
    send: ({ from, to, abi, fn, args = [], value, gas }: Call): Promise<Receipt> =>
      sendRaw(
        { from, to, data: encodeFunctionData({ abi, functionName: fn, args }), ...(value ? { value } : {}), ...(gas ? { gas } : {}) },
        [...abi, ...knownErrors],
      ),
    async read({ from, to, abi, fn, args = [] }: Omit<Call, "from"> & { from?: Address }): Promise<unknown> {
      const data = encodeFunctionData({ abi, functionName: fn, args });
      try {
        const result = await request<Hex>("eth_call", [{ to, data, ...(from ? { from } : {}) }, "latest"]);
        return decodeFunctionResult({ abi, functionName: fn, data: result });
      } catch (error) {
        throw refusalOf(error, [...abi, ...knownErrors]);
      }
    },
    async deploy(
      name: string,
      args: readonly unknown[] = [],
      from: Address = accounts[0] as Address,
    ): Promise<{ address: Address; abi: Abi; gasUsed: bigint }> {
      const { abi, bytecode } = await artifactOf(name);
      const data = args.length === 0 ? bytecode : encodeDeployData({ abi, bytecode, args });
      const { contractAddress, gasUsed } = await sendRaw({ from, data }, abi);
      return { address: getAddress(contractAddress as Address), abi, gasUsed };
    },
    balanceOf: async (address: Address) => hexToBigInt(await request<Hex>("eth_getBalance", [address, "latest"])),
    now: async () => hexToNumber((await request<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false])).timestamp),
    /** Mines the next block, and answers the next call, at this time (unix seconds). */
    async setTime(time: number): Promise<void> {
      await request("evm_setNextBlockTimestamp", [toHex(time)]);
      await request("evm_mine");
    },
    snapshot: () => request<Hex>("evm_snapshot"),
    revert: (id: Hex) => request<boolean>("evm_revert", [id]),
  };
}

export type Chain = Awaited<ReturnType<typeof openChain>>;

interface RawLog {
  address: Address;
  topics: [Hex, ...Hex[]] | [];
  data: Hex;
}

function eventFrom(log: RawLog, abi: Abi): EmittedEvent {
  try {
    const events = abi.filter((item): item is AbiEvent => item.type === "event");
    const { eventName, args } = decodeEventLog({ abi: events, topics: log.topics, data: log.data });
    return { address: getAddress(log.address), name: eventName as string, args: args as unknown as Record<string, unknown> };
  } catch {
    return { address: getAddress(log.address), name: log.topics[0] ?? "(anonymous)", args: { data: concatHex([...log.topics, log.data]) } };
  }
}

function refusalOf(error: unknown, abi: Abi): unknown {
  const data = (error as { data?: unknown }).data;
  const bytes = typeof data === "string" ? data : (data as { data?: unknown } | undefined)?.data;
  if (typeof bytes !== "string") return error;
  return refusalFrom(bytes as Hex, abi);
}
