import assert from "node:assert/strict";
import { type Abi, type Address, encodeFunctionData, type Hex, zeroAddress, zeroHash } from "viem";
import { type Chain, type EmittedEvent, openChain, type Receipt, Refusal } from "./chain.ts";
import {
  answer,
  commitmentOf,
  identityOf,
  type Key,
  type Opening,
  type Place,
  phases,
  type Terms,
  taskIdOf,
  termsHashOf,
} from "./protocol.ts";

/** A task as the tests hold it. */
export interface PostedTask {
  key: Key;
  taskId: Hex;
  terms: Terms;
  receipt: Receipt;
}

export interface WorldOptions {
  asset?: "native" | "token";
  /** Undefined: the newest that the engine knows. */
  hardfork?: "cancun";
}

export interface StepsOf {
  identity: Hex;
  payee: Address;
  reveals: { taskId: Hex; outputHash: Hex; salt: Hex }[];
  claims: { task: Key; outputHash: Hex; salt: Hex }[];
  commits: { task: Key; commitment: Hex; proof: Hex }[];
  reservations: { task: Key; proof: Hex }[];
}

/** One escrow on its own chain, with a submitter and runners, and one method a verb. */
export function openWorld(options: WorldOptions = {}): Promise<World> {
  return worldOn(options.asset === "token" ? "mocks/Tokens:PlainToken" : undefined, options.hardfork);
}

/** The same, with the escrow of a token of this contract; undefined: of the native asset. */
export async function worldOn(tokenName: string | undefined, hardfork?: "cancun"): Promise<World> {
  const chain = await openChain(hardfork ? { hardfork } : {});
  const submitter = chain.accounts[0] as Address;
  const bystander = chain.accounts[39] as Address;
  const token = tokenName === undefined ? undefined : await chain.deploy(tokenName);
  const factory = await chain.deploy("TaskEscrowFactory");
  const asset = token?.address ?? zeroAddress;
  await chain.send({ from: submitter, to: factory.address, abi: factory.abi, fn: "createEscrow", args: [asset] });
  const escrow = (await chain.read({ to: factory.address, abi: factory.abi, fn: "escrowOf", args: [asset] })) as Address;
  if (token) await fund(chain, token, escrow);
  return buildWorld({ chain, escrow, factory, token, submitter, bystander, asset });
}

async function fund(chain: Chain, token: { address: Address; abi: Abi }, escrow: Address): Promise<void> {
  for (const from of chain.accounts) {
    await chain.send({ from, to: token.address, abi: token.abi, fn: "mint", args: [from, 10n ** 27n] });
    await chain.send({ from, to: token.address, abi: token.abi, fn: "approve", args: [escrow, 2n ** 256n - 1n] });
  }
}

interface Parts {
  chain: Chain;
  escrow: Address;
  factory: { address: Address; abi: Abi };
  token: { address: Address; abi: Abi } | undefined;
  submitter: Address;
  bystander: Address;
  asset: Address;
}

async function buildWorld(parts: Parts) {
  const { chain, escrow, token, submitter } = parts;
  const { taskEscrowAbi } = await import("../../../sdk/protocol/contracts.ts");
  const abi: Abi = taskEscrowAbi;
  if (token) chain.know(token.abi);
  const place: Place = { chainId: 31337n, escrow };
  let nonce = 0n;

  /** Calls the escrow: its function's name, the arguments, and the native value where the asset is native. */
  const send = (from: Address, fn: string, ...[args, value = 0n]: [args: readonly unknown[], value?: bigint]): Promise<Receipt> =>
    chain.send({ from, to: escrow, abi, fn, args, value: token ? 0n : value });
  const read = <T>(fn: string, args: readonly unknown[]): Promise<T> => chain.read({ to: escrow, abi, fn, args }) as Promise<T>;

  async function termsWith(terms: Partial<Terms> = {}): Promise<Terms> {
    const slots = terms.slots ?? 3;
    return {
      bounty: 1_000_000n,
      bond: 0n,
      quorum: Math.floor(slots / 2) + 1,
      commitDeadline: (await chain.now()) + 1000,
      revealDelay: 60,
      revealWindow: 600,
      gate: zeroAddress,
      jobHash: answer("job"),
      nonce: nonce++,
      ...terms,
      slots,
    };
  }

  function openingOf(runner: Address, output: string | number, opening: Partial<Opening> = {}): Opening {
    return { identity: identityOf(runner), payee: runner, outputHash: answer(output), salt: answer(`salt of ${runner}`), ...opening };
  }

  const runners = chain.accounts.slice(1, 39);

  /** A task in which the i-th runner committed to the i-th answer, and all slots have unless more are asked for. */
  async function sealedTask(this: { post(terms: Partial<Terms>): Promise<PostedTask> }, answers: string[], terms: Partial<Terms> = {}) {
    const task = await this.post({ slots: answers.length, ...terms });
    const openings = answers.map((name, i) => openingOf(runners[i] as Address, name));
    for (const [i, opening] of openings.entries()) {
      const args = [task.key, opening.identity, commitmentOf(place, task.taskId, opening), "0x"];
      await send(runners[i] as Address, "commitResult", args, task.terms.bond);
    }
    return { task, openings: openings as [Opening, Opening, Opening, ...Opening[]] };
  }

  return {
    ...parts,
    abi,
    sealedTask,
    place,
    runners,
    send,
    read,
    termsWith,
    openingOf,
    commitmentOf: (taskId: Hex, opening: Opening) => commitmentOf(place, taskId, opening),

    async post(terms: Partial<Terms> = {}, from: Address = submitter): Promise<PostedTask> {
      const full = await termsWith(terms);
      const receipt = await send(from, "postTask", [full, "https://store.example"], full.bounty);
      const key = { submitter: from, termsHash: termsHashOf(place, full) };
      return { key, taskId: taskIdOf(key), terms: full, receipt };
    },
    reserve: (task: PostedTask, runner: Address, proof: Hex = "0x") => send(runner, "reserveSlot", [task.key, proof], task.terms.bond),
    /** Commits into a new slot, paying the bond. */
    commit: (task: PostedTask, runner: Address, opening: Opening) =>
      send(runner, "commitResult", [task.key, opening.identity, commitmentOf(place, task.taskId, opening), "0x"], task.terms.bond),
    /** Commits into a slot that was reserved: nothing to pay. */
    commitReserved: (task: PostedTask, runner: Address, opening: Opening) =>
      send(runner, "commitResult", [task.key, opening.identity, commitmentOf(place, task.taskId, opening), "0x"]),
    reveal: (task: PostedTask, opening: Opening, from: Address = parts.bystander) => send(from, "revealResult", [task.taskId, opening]),
    claim: (task: PostedTask, opening: Opening, from: Address = parts.bystander) => send(from, "claimPayout", [task.key, opening]),
    reclaim: (task: PostedTask, from: Address = parts.bystander) => send(from, "reclaimBounty", [task.key]),
    report: (task: PostedTask, identity: Hex, from: Address = parts.bystander) => send(from, "reportNoShow", [task.key, identity]),
    perform: (runner: Address, steps: Partial<StepsOf>, value = 0n) =>
      send(
        runner,
        "performSteps",
        [{ identity: identityOf(runner), payee: runner, reveals: [], claims: [], commits: [], reservations: [], ...steps }],
        value,
      ),

    /** Moves the clock into the reveal phase of a task: `late` seconds after it starts. */
    async toReveals(task: PostedTask, late = 0): Promise<void> {
      const { state } = await this.taskOf(task);
      await chain.setTime(Math.max(state.closesAt + task.terms.revealDelay + late, await chain.now()));
    },
    /** Moves the clock to the end of the reveal window. */
    toEnd(task: PostedTask): Promise<void> {
      return this.toReveals(task, task.terms.revealWindow);
    },
    toDeadline: (task: PostedTask) => chain.setTime(task.terms.commitDeadline),

    async taskOf(task: PostedTask) {
      type State = { closesAt: number; reserved: number; committed: number; leadingVotes: number; flags: number; revealedMask: number };
      const [state, gate, bond, index] = await read<[State, Address, bigint, number]>("taskOf", [task.taskId]);
      return { state, gate, bond, phase: phases[index] };
    },
    async resultOf(task: PostedTask) {
      const [isDecided, outputHash, matching] = await read<[boolean, Hex, number]>("resultOf", [task.taskId]);
      return { isDecided, outputHash, matching };
    },
    slotOf: (task: PostedTask, identity: Hex) => read<{ number: number; seal: Hex }>("slotOf", [task.taskId, identity]),
    strikesOf: (scope: Address, identity: Hex) => read<number>("strikesOf", [scope, identity]),
    async balanceOf(address: Address): Promise<bigint> {
      if (!token) return chain.balanceOf(address);
      return (await chain.read({ to: token.address, abi: token.abi, fn: "balanceOf", args: [address] })) as bigint;
    },
    callData: (fn: string, args: readonly unknown[]) => encodeFunctionData({ abi, functionName: fn, args }),
  };
}

export type World = Awaited<ReturnType<typeof buildWorld>>;

/** Asserts that a call is refused with this error, and with these arguments where they are given. */
export async function refused(call: Promise<unknown>, errorName: string, args?: readonly unknown[]): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    assert.equal(error.errorName, errorName, error.message);
    if (args) assert.deepEqual(error.args.map(String), args.map(String));
    return;
  }
  assert.fail(`expected ${errorName}, but the call went through`);
}

/** The events of one name. */
export function eventsOf(receipt: Receipt, name: string): Record<string, unknown>[] {
  return receipt.events.filter((event: EmittedEvent) => event.name === name).map((event) => event.args);
}

export { zeroAddress, zeroHash };
