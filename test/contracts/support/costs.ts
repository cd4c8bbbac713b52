import type { Address, Hex } from "viem";
import type { Receipt } from "./chain.ts";
import { answer, type Opening } from "./protocol.ts";
import { openWorld, type PostedTask, type StepsOf, type World } from "./world.ts";

/** Gas of a call, all in: the transaction, its calldata, the money that it moves. */
export interface Costs {
  post: number;
  reserve: number;
  commit: number;
  commitReserved: number;
  /** The first reveal of a task stores its answer; the others are `reveal`. */
  firstReveal: number;
  reveal: number;
  claim: number;
  reclaim: number;
  report: number;
  /** A runner's result in single calls, n=5. */
  result: number;
  resultReserved: number;
  /** A runner's result in batches of ten tasks, n=5. */
  batchedResult: number;
  batchedResultReserved: number;
  /** All calls of a task without reservations, n=3. */
  wholeTask: number;
  deployFactory: number;
  createEscrow: number;
}

const gasOf = async (receipt: Promise<Receipt>): Promise<number> => Number((await receipt).gasUsed);
const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0);

/** Measures every call in an escrow whose parties have all held the asset before (the steady state). */
export async function measureCosts(asset: "native" | "token"): Promise<Costs> {
  const world = await openWorld({ asset });
  try {
    await liveTask(world, { slots: 3, isReserved: false }); // warms every balance and the escrow's own
    const three = await liveTask(world, { slots: 3, isReserved: false });
    const five = await liveTask(world, { slots: 5, isReserved: false });
    const reserved = await liveTask(world, { slots: 5, isReserved: true });
    const result = (sum(five.commits) + sum(five.reveals) + sum(five.claims)) / 5;
    const resultReserved = (sum(reserved.reserves) + sum(reserved.commits) + sum(reserved.reveals) + sum(reserved.claims)) / 5;
    return {
      post: five.post,
      reserve: Math.max(...reserved.reserves),
      commit: Math.max(...five.commits),
      commitReserved: Math.max(...reserved.commits),
      firstReveal: five.reveals[0] as number,
      reveal: Math.max(...five.reveals.slice(1)),
      claim: Math.max(...five.claims),
      ...(await settlementCosts(world)),
      result: Math.round(result),
      resultReserved: Math.round(resultReserved),
      batchedResult: await batchedResult(world, false),
      batchedResultReserved: await batchedResult(world, true),
      wholeTask: three.post + sum(three.commits) + sum(three.reveals) + sum(three.claims),
      ...(await deploymentCosts(world)),
    };
  } finally {
    await world.chain.close();
  }
}

async function liveTask(world: World, { slots, isReserved }: { slots: number; isReserved: boolean }) {
  const task = await world.post({ slots, quorum: slots - 1, bounty: 10n ** 15n });
  const crew = world.runners.slice(0, slots);
  const openings = crew.map((runner) => world.openingOf(runner, "a"));
  const [reserves, commits, reveals, claims]: number[][] = [[], [], [], []];
  if (isReserved) for (const runner of crew) reserves?.push(await gasOf(world.reserve(task, runner)));
  for (const [i, runner] of crew.entries()) commits?.push(await gasOf(world.commit(task, runner, openings[i] as Opening)));
  await world.toReveals(task);
  for (const opening of openings) reveals?.push(await gasOf(world.reveal(task, opening, opening.payee)));
  for (const opening of openings) claims?.push(await gasOf(world.claim(task, opening, opening.payee)));
  return {
    post: Number(task.receipt.gasUsed),
    reserves: reserves ?? [],
    commits: commits ?? [],
    reveals: reveals ?? [],
    claims: claims ?? [],
  };
}

async function settlementCosts(world: World): Promise<Pick<Costs, "reclaim" | "report">> {
  const { task } = await world.sealedTask(["a", "a", "a"]);
  await world.toEnd(task);
  const report = await gasOf(world.report(task, world.openingOf(world.runners[0] as Address, "a").identity));
  return { reclaim: await gasOf(world.reclaim(task)), report };
}

async function deploymentCosts(world: World): Promise<Pick<Costs, "deployFactory" | "createEscrow">> {
  const factory = await world.chain.deploy("TaskEscrowFactory");
  const call = { from: world.bystander, to: factory.address, abi: factory.abi, fn: "createEscrow", args: [world.asset] };
  return { deployFactory: Number(factory.gasUsed), createEscrow: await gasOf(world.chain.send(call)) };
}

/** Five runners, each with one batch that reveals ten tasks, claims ten others and commits to ten more (and reserves ten). */
async function batchedResult(world: World, isReserved: boolean): Promise<number> {
  const batch = 10;
  const crew = world.runners.slice(0, 5);
  const posted = async () => {
    const tasks: PostedTask[] = [];
    for (let i = 0; i < batch; i++)
      tasks.push(await world.post({ slots: 5, quorum: 4, bounty: 10n ** 15n, revealDelay: 0, revealWindow: 10_000 }));
    return tasks;
  };
  const opening = (runner: Address) => world.openingOf(runner, "a");
  const salt = (runner: Address) => opening(runner).salt;
  const steps = {
    reveals: (tasks: PostedTask[], runner: Address) => tasks.map(({ taskId }) => ({ taskId, outputHash: answer("a"), salt: salt(runner) })),
    claims: (tasks: PostedTask[], runner: Address) => tasks.map(({ key }) => ({ task: key, outputHash: answer("a"), salt: salt(runner) })),
    commits: (tasks: PostedTask[], runner: Address) =>
      tasks.map(({ key, taskId }) => ({ task: key, commitment: world.commitmentOf(taskId, opening(runner)), proof: "0x" as Hex })),
    reservations: (tasks: PostedTask[]) => tasks.map(({ key }) => ({ task: key, proof: "0x" as Hex })),
  };
  const perform = (runner: Address, which: Partial<StepsOf>) => gasOf(world.perform(runner, which));
  const [toReveal, toClaim, toCommit, toReserve] = [await posted(), await posted(), await posted(), await posted()];
  for (const runner of crew) await perform(runner, { commits: steps.commits([...toReveal, ...toClaim], runner) });
  if (isReserved) for (const runner of crew) await perform(runner, { reservations: steps.reservations(toCommit) });
  for (const runner of crew) await perform(runner, { reveals: steps.reveals(toClaim, runner) });
  let total = 0;
  for (const runner of crew) {
    total += await perform(runner, {
      reveals: steps.reveals(toReveal, runner),
      claims: steps.claims(toClaim, runner),
      commits: steps.commits(toCommit, runner),
      reservations: isReserved ? steps.reservations(toReserve) : [],
    });
  }
  return Math.round(total / (crew.length * batch));
}
