import {
  type Address,
  commitmentOf,
  commitResult,
  defaultLimits,
  encodeJobSpec,
  type Hex,
  identityOf,
  type MemoryStore,
  memoryStore,
  type Opening,
  type PostedTask,
  type ProposedTerms,
  postTask,
  reserveSlot,
  revealResult,
  taskIdOf,
} from "@parity-protocol/sdk";
import { taskEscrowAbi, taskEscrowBytecode } from "@parity-protocol/sdk/contracts";
import { network } from "hardhat";
import { type Account, type Chain, type Client, createClient, custom, type EIP1193RequestFn, type Transport } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { deployContract, getBlock, waitForTransactionReceipt } from "viem/actions";
import { hardhat } from "viem/chains";

/** A client that can send. */
export type SendingClient = Client<Transport, Chain, Account>;

/** The accounts that Hardhat's chain funds. */
const mnemonic = "test test test test test test test test test test test junk";

/** A real chain in this process with an escrow of the native currency, a submitter, runners, and a store that holds a job. */
export interface EscrowChain {
  escrow: Address;
  chainId: number;
  submitter: SendingClient;
  runners: SendingClient[];
  store: MemoryStore;
  jobHash: Hex;
  request: EIP1193RequestFn;
  clientOf(account: Account, transport?: Transport): SendingClient;
  /** The time of the latest block. */
  now(): Promise<number>;
  /** Makes a block at a time, unix seconds. */
  mineAt(time: number): Promise<void>;
  /** Valid terms: 3 slots, quorum 2, open for 1000 seconds, reveals for 500. */
  terms(change?: Partial<ProposedTerms>): Promise<ProposedTerms>;
  /** Posts a task whose blobs are in the store. */
  post(change?: Partial<ProposedTerms>): Promise<PostedTask>;
}

/** Starts a chain in this process and deploys an escrow. Close nothing: it ends with the process. */
export async function startEscrowChain(): Promise<EscrowChain> {
  const { provider } = await network.connect();
  const request = provider.request.bind(provider) as unknown as EIP1193RequestFn;
  const clientOf = (account: Account, transport: Transport = custom({ request })) =>
    createClient({ account, chain: hardhat, transport, pollingInterval: 10 });
  const accountAt = (addressIndex: number) => mnemonicToAccount(mnemonic, { addressIndex });
  const submitter = clientOf(accountAt(0));
  const escrow = await deployEscrowOf(submitter, "0x0000000000000000000000000000000000000000");
  const { store, jobHash } = storeWithJob();
  const now = async () => Number((await getBlock(submitter)).timestamp);
  const terms = async (change: Partial<ProposedTerms> = {}): Promise<ProposedTerms> => ({
    bountyWei: 3_000_001n,
    slots: 3,
    quorum: 2,
    commitDeadline: (await now()) + 1_000,
    revealWindowSeconds: 500,
    jobHash,
    ...change,
  });
  return {
    escrow,
    chainId: hardhat.id,
    submitter,
    runners: [1, 2, 3, 4, 5].map((i) => clientOf(accountAt(i))),
    store,
    jobHash,
    request,
    clientOf,
    now,
    mineAt: async (time) => {
      await provider.request({ method: "evm_setNextBlockTimestamp", params: [time] });
      await provider.request({ method: "evm_mine", params: [] });
    },
    terms,
    post: async (change = {}) => postTask(submitter, { escrow, terms: await terms(change), location: "", sources: [store] }),
  };
}

/** Deploys the escrow of an asset. */
export async function deployEscrowOf(client: SendingClient, asset: Address): Promise<Address> {
  const hash = await deployContract(client, { abi: taskEscrowAbi, bytecode: taskEscrowBytecode, args: [asset] });
  const { contractAddress } = await waitForTransactionReceipt(client, { hash });
  if (!contractAddress) throw new Error("the escrow was not deployed");
  return contractAddress;
}

/** A store that holds the spec of a small job, its image archive and its input. */
export function storeWithJob(): { store: MemoryStore; jobHash: Hex } {
  const store = memoryStore();
  const archive = new TextEncoder().encode("an image archive");
  const input = new TextEncoder().encode("an input file");
  const spec = encodeJobSpec({
    version: 1,
    image: { archive: store.add(archive), bytes: archive.length, platform: "linux/amd64" },
    command: ["/job"],
    env: {},
    workingDirectory: "/",
    input: [{ path: "file", sha256: store.add(input), bytes: input.length }],
    limits: defaultLimits,
    expect: { exitCode: 0 },
    determinism: { level: "standard@1", seed: "0".repeat(64) },
  });
  return { store, jobHash: `0x${store.add(spec)}` };
}

/** What a runner would answer: an opening whose payee is the runner. `answer` tells outputs apart. */
export function openingOf(runner: SendingClient, answer = "1"): Opening {
  return {
    identity: identityOf(runner.account.address),
    payee: runner.account.address,
    outputHash: `0x${answer.repeat(64).slice(0, 64)}`,
    salt: `0x${runner.account.address.slice(2).toLowerCase().padStart(64, "5")}`,
  };
}

/** Lets runners reserve, commit and, once the time has come, reveal. */
export function actionsOf({ escrow, chainId }: EscrowChain, { key }: Pick<PostedTask, "key">) {
  const taskId = taskIdOf(key);
  return {
    reserve: (runner: SendingClient) => reserveSlot(runner, { escrow, task: key }),
    commit: (runner: SendingClient, opening: Opening) =>
      commitResult(runner, {
        escrow,
        task: key,
        identity: opening.identity,
        commitment: commitmentOf({ chainId, escrow, taskId, opening }),
      }),
    reveal: (runner: SendingClient, opening: Opening) => revealResult(runner, { escrow, taskId, opening }),
  };
}
