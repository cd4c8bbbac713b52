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
  slice,
  toEventSelector,
  toFunctionSelector,
  toHex,
} from "viem";

type AbiError = Extract<Abi[number], { type: "error" }>;

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

const built = new URL("../../../artifacts/contracts/", import.meta.url);
let preferred = process.env.PARITY_ARTIFACTS === undefined ? built : new URL(process.env.PARITY_ARTIFACTS);

/** Takes contracts from this folder first: that is how a mutant gets under test. */
export function useArtifacts(folder: URL): void {
  preferred = folder;
}

/** Reads what the compiler made of a contract, named like "gates/MerkleGate" or "mocks/Tokens:PlainToken". */
export async function artifactOf(name: string): Promise<Artifact> {
  const [file = name, contract = file.split("/").at(-1)] = name.split(":");
  const path = `${file}.sol/${contract}.json`;
  const text = await readFile(new URL(path, preferred), "utf8").catch(() => readFile(new URL(path, built), "utf8"));
  return JSON.parse(text) as Artifact;
}

const gasLimit = 15_000_000n;

/** Decodes revert data with the ABIs of all contracts that tests know; what none of them knows is named by its bytes. */
export function refusalFrom(data: Hex, abi: Abi): Refusal {
  if (data === "0x") return new Refusal("(empty)", []);
  const item = indexOf(abi).errors.get(slice(data, 0, 4));
  if (!item) return new Refusal(data, []);
  const { errorName, args } = decodeErrorResult({ abi: [item], data });
  return new Refusal(errorName, args ?? []);
}

interface AbiIndex {
  events: Map<Hex, AbiEvent>;
  errors: Map<Hex, AbiError>;
  functions: Map<string, Abi>;
}

const indices = new WeakMap<Abi, AbiIndex>();

/** Finds ABI items by selector, topic or name: hashing every signature for every call would take most of a fuzz's time. */
function indexOf(abi: Abi): AbiIndex {
  const known = indices.get(abi);
  if (known) return known;
  const index: AbiIndex = { events: new Map(), errors: new Map(), functions: new Map() };
  for (const item of abi) {
    if (item.type === "event") index.events.set(toEventSelector(item), item);
    if (item.type === "error")
      index.errors.set(toFunctionSelector({ ...item, type: "function", outputs: [], stateMutability: "view" }), item);
    if (item.type === "function") index.functions.set(item.name, [item]);
  }
  const panic = { type: "error", name: "Panic", inputs: [{ name: "code", type: "uint256" }] } as const;
  index.errors.set("0x4e487b71", panic);
  index.errors.set("0x08c379a0", { type: "error", name: "Error", inputs: [{ name: "message", type: "string" }] });
  indices.set(abi, index);
  return index;
}

const functionOf = (abi: Abi, name: string): Abi => indexOf(abi).functions.get(name) ?? abi;

/** An in-process chain that mines every transaction at once, on raw provider calls: fast enough to fuzz on. */
export async function openChain({ hardfork }: { hardfork?: "cancun" } = {}) {
  const connection = await network.connect({
    // No fees: every balance is then exactly what the escrow makes of it.
    override: {
      accounts: { count: 40, accountsBalance: 10n ** 27n },
      initialBaseFeePerGas: 0n,
      allowUnlimitedContractSize: true,
      ...(hardfork ? { hardfork } : {}),
    },
  });
  const { provider } = connection;
  const accounts = ((await provider.request({ method: "eth_accounts" })) as Address[]).map((address) => getAddress(address));
  let foreign: Abi = [];
  const merged = new Map<Abi, Abi>();

  /** An ABI with the errors and events of the contracts that are called through it. */
  function widened(abi: Abi): Abi {
    const wide = merged.get(abi) ?? [...abi, ...foreign];
    merged.set(abi, wide);
    return wide;
  }

  async function request<T>(method: string, params: unknown[] = []): Promise<T> {
    return (await provider.request({ method, params })) as T;
  }

  async function receiptOf(hash: Hex, abi: Abi): Promise<Receipt> {
    const raw = await request<{ logs: RawLog[]; gasUsed: Hex; contractAddress: Address | null }>("eth_getTransactionReceipt", [hash]);
    const events = raw.logs.map((log) => eventFrom(log, widened(abi)));
    return { events, gasUsed: hexToBigInt(raw.gasUsed), contractAddress: raw.contractAddress };
  }

  async function sendRaw(
    transaction: { from: Address; to?: Address; data: Hex; value?: bigint | undefined; gas?: bigint | undefined },
    abi: Abi,
  ): Promise<Receipt> {
    const { from, to, data, value = 0n, gas = gasLimit } = transaction;
    try {
      const fields = { from, data, value: toHex(value), gas: toHex(gas), gasPrice: "0x0", ...(to === undefined ? {} : { to }) };
      return await receiptOf(await request<Hex>("eth_sendTransaction", [fields]), abi);
    } catch (error) {
      throw refusalOf(error, widened(abi));
    }
  }

  return {
    accounts,
    request,
    close: () => connection.close(),
    /** Adds errors (and events) of contracts that are called through others. */
    know: (abi: Abi) => {
      foreign = [...foreign, ...abi];
      merged.clear();
    },
    send: ({ from, to, abi, fn, args = [], value, gas }: Call): Promise<Receipt> =>
      sendRaw({ from, to, data: encodeFunctionData({ abi: functionOf(abi, fn), functionName: fn, args }), value, gas }, abi),
    async read({ from, to, abi, fn, args = [] }: Omit<Call, "from"> & { from?: Address }): Promise<unknown> {
      const data = encodeFunctionData({ abi: functionOf(abi, fn), functionName: fn, args });
      try {
        const result = await request<Hex>("eth_call", [{ to, data, ...(from ? { from } : {}) }, "latest"]);
        return decodeFunctionResult({ abi: functionOf(abi, fn), functionName: fn, data: result });
      } catch (error) {
        throw refusalOf(error, widened(abi));
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
    /** The next transaction's block has this time; it may equal the last one's. */
    setNextTime: (time: number) => request("evm_setNextBlockTimestamp", [toHex(time)]),
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
  const address = getAddress(log.address);
  const item = indexOf(abi).events.get(log.topics[0] ?? "0x");
  if (!item) return { address, name: log.topics[0] ?? "(anonymous)", args: { data: concatHex([...log.topics, log.data]) } };
  const { eventName, args } = decodeEventLog({ abi: [item], topics: log.topics, data: log.data });
  return { address, name: eventName as string, args: args as unknown as Record<string, unknown> };
}

function refusalOf(error: unknown, abi: Abi): unknown {
  const data = (error as { data?: unknown }).data;
  const bytes = typeof data === "string" ? data : (data as { data?: unknown } | undefined)?.data;
  if (typeof bytes !== "string") return error;
  return refusalFrom(bytes as Hex, abi);
}
