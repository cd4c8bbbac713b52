import {
  type Address,
  blobFromBytes,
  buildMerkleList,
  claimPayout,
  commitmentOf,
  commitResult,
  defaultLimits,
  deployMerkleGate,
  encodeJobSpec,
  encodeOutputManifest,
  getChainTime,
  type Hex,
  httpStore,
  type MerkleList,
  type Opening,
  outputHashOf,
  type PostedTask,
  type ProposedTerms,
  postTask,
  reportNoShow,
  revealResult,
  sha256Hex,
} from "@parity-protocol/sdk";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import type { LocalNetwork } from "../../../cli/local-network/start-local-network.ts";
import { type Sender, sendAs } from "../../../cli/network/connect.ts";
import { startQuietNetwork } from "../../cli/support/local-network.ts";
import { temporaryFolder } from "../../cli/support/parity.ts";

/** Names that a hostile job may give its files, and what it may print. */
export const hostile = {
  markup: '<img src=x onerror="document.title=`owned`">.html',
  reversed: "invoice\u202Efdp.exe",
  printed: 'normal line\n\u001b]0;owned\u0007\u001b[31mred\u001b[0m <script>document.title="owned"</script>\n',
} as const;

const text = (content: string) => new TextEncoder().encode(content);

/** A local network with a submitter, five runners behind a gate, and a store with a job and its output. */
export interface Stage {
  local: LocalNetwork;
  submitter: Sender;
  runners: readonly Sender[];
  gate: Address;
  jobHash: Hex;
  outputHash: Hex;
  /** Sends a raw request to the chain. */
  chain: (method: string, ...params: unknown[]) => Promise<unknown>;
  /** Moves the chain's clock and makes a block. */
  pass(seconds: number): Promise<void>;
  post(change?: Partial<ProposedTerms>, location?: string): Promise<PostedTask>;
  /** What a runner answers: an opening for `outputHash`. */
  opening(runner: number, outputHash: Hex): Opening;
  commit(task: PostedTask, runner: number, outputHash: Hex): Promise<Opening>;
  reveal(task: PostedTask, opening: Opening): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the network and funds everybody. */
export async function openStage(): Promise<Stage> {
  const folder = temporaryFolder();
  const local = await startQuietNetwork(folder.path);
  const { connection, network } = local;
  const chain = (method: string, ...params: unknown[]) => connection.client.request({ method, params } as never) as Promise<unknown>;
  const store = httpStore(network.storeUrl, { token: network.storeToken });
  const submitter = sendAs(connection, privateKeyToAccount(network.submitterKey));
  const runners = [1, 2, 3, 4, 5].map(() => sendAs(connection, privateKeyToAccount(generatePrivateKey())));
  for (const { account } of runners) await chain("hardhat_setBalance", account.address, "0x3635c9adc5dea00000");
  const list = buildMerkleList(runners.map(({ account }) => ({ runner: account.address })));
  await store.put(blobFromBytes(list.listBytes));
  const { address: gate } = await deployMerkleGate(submitter, list);
  const put = async (bytes: Uint8Array) => {
    await store.put(blobFromBytes(bytes));
    return { sha256: sha256Hex(bytes), bytes: bytes.length };
  };
  const { escrow } = network;
  const stage = {
    local,
    submitter,
    runners,
    gate,
    chain,
    jobHash: await putJob(put),
    outputHash: await putOutput(put),
    pass: async (seconds: number) => {
      await chain("evm_increaseTime", seconds);
      await chain("evm_mine");
    },
    post: async (change: Partial<ProposedTerms> = {}, location: string = network.storeUrl) => {
      const { next } = await getChainTime(connection.client);
      const times = { commitDeadline: next + 600, revealWindowSeconds: 300 };
      const terms = { bountyWei: 50_000_000_000_000_000n, slots: 5, quorum: 3, gate, jobHash: stage.jobHash, ...times, ...change };
      return postTask(submitter, { escrow, terms, location, sources: [store] });
    },
    opening: (runner: number, outputHash: Hex) => openingOf(list, runners[runner] as Sender, outputHash),
    commit: async (task: PostedTask, runner: number, outputHash: Hex) => {
      const sender = runners[runner] as Sender;
      const opening = openingOf(list, sender, outputHash);
      await commitAs(stage, { task, sender, list, opening });
      return opening;
    },
    reveal: async ({ taskId }: PostedTask, opening: Opening) => {
      await revealResult(submitter, { escrow, taskId, opening });
    },
    stop: async () => {
      await local.stop();
      folder.remove();
    },
  };
  return stage;
}

/**
 * A task that three honest runners decide against a liar and a copier, all of it settled but the remainder.
 * @param pauseSeconds what passes by the chain's clock between two steps
 */
export async function playLiarAndCopier(stage: Stage, pauseSeconds = 0): Promise<PostedTask> {
  const { local, submitter, outputHash } = stage;
  const { escrow } = local.network;
  const task = await stage.post();
  const rest = async () => (pauseSeconds > 0 ? stage.pass(pauseSeconds) : undefined);
  const commit = async (runner: number, hash: Hex) => {
    await rest();
    return stage.commit(task, runner, hash);
  };
  const victim = await commit(0, outputHash);
  await rest();
  await copyCommitment(stage, { task, thief: 4, victim });
  const others = [await commit(1, outputHash), await commit(2, outputHash)];
  const openings = [victim, ...others, await commit(3, `0x${sha256Hex(text("another output"))}`)];
  for (const opening of openings) {
    await rest();
    await stage.reveal(task, opening);
  }
  await stage.pass(400); // the copier makes everybody wait for the end of the window
  for (const opening of openings) await claimPayout(submitter, { escrow, task: task.key, opening });
  await reportNoShow(submitter, { escrow, task: task.key, identity: stage.opening(4, outputHash).identity });
  return task;
}

/** Lets a runner commit to what another one committed to. */
async function copyCommitment(stage: Stage, { task, thief, victim }: { task: PostedTask; thief: number; victim: Opening }): Promise<void> {
  const { chainId, escrow } = stage.local.network;
  const commitment = commitmentOf({ chainId, escrow, taskId: task.taskId, opening: victim });
  const sender = stage.runners[thief] as Sender;
  const list = buildMerkleList(stage.runners.map(({ account }) => ({ runner: account.address })));
  const admission = list.proofFor(sender.account.address);
  if (!admission) throw new Error("the runner is not on the list");
  await commitResult(sender, { escrow, task: task.key, commitment, ...admission });
}

interface Commit {
  task: PostedTask;
  sender: Sender;
  list: MerkleList;
  opening: Opening;
}

async function commitAs({ local }: Pick<Stage, "local">, { task, sender, list, opening }: Commit): Promise<void> {
  const { chainId, escrow } = local.network;
  const admission = list.proofFor(sender.account.address);
  const proof = task.terms.gate === "0x0000000000000000000000000000000000000000" ? "0x" : (admission?.proof ?? "0x");
  const commitment = commitmentOf({ chainId, escrow, taskId: task.taskId, opening });
  await commitResult(sender, { escrow, task: task.key, identity: opening.identity, commitment, proof });
}

function openingOf(list: MerkleList, { account }: Sender, outputHash: Hex): Opening {
  const { identity } = list.proofFor(account.address) ?? { identity: "0x" };
  const salt: Hex = `0x${sha256Hex(text(`salt of ${account.address} for ${outputHash}`))}`;
  return { identity, payee: account.address, outputHash, salt };
}

type Put = (bytes: Uint8Array) => Promise<{ sha256: string; bytes: number }>;

async function putJob(put: Put): Promise<Hex> {
  const archive = await put(text("an image archive"));
  const spec = encodeJobSpec({
    version: 1,
    image: { archive: archive.sha256, bytes: archive.bytes, platform: "linux/amd64" },
    command: ["/bin/report", "--title", "Q3 <b>figures</b>", "/input/figures.csv"],
    env: { LANG: "C" },
    workingDirectory: "/",
    input: [{ path: "figures.csv", ...(await put(text("a,b\n1,2\n"))) }],
    limits: defaultLimits,
    expect: { exitCode: 0 },
    determinism: { level: "strict@1", seed: "0".repeat(64) },
  });
  return `0x${(await put(spec)).sha256}`;
}

async function putOutput(put: Put): Promise<Hex> {
  const files = [
    { path: hostile.markup, content: text("<script>document.title = 'owned'</script>\n"), executable: false },
    { path: hostile.reversed, content: Uint8Array.from({ length: 600 }, (_, i) => (i * 7) % 256), executable: true },
    { path: "report.txt", content: text("Sum of a: 1\nSum of b: 2\n"), executable: false },
  ];
  const described = await Promise.all(files.map(async ({ path, content, executable }) => ({ path, executable, ...(await put(content)) })));
  const stdout = await put(text(hostile.printed));
  const manifest = { version: 1 as const, outcome: "exited" as const, exitCode: 0, stdout, files: described };
  await put(encodeOutputManifest(manifest));
  return outputHashOf(manifest);
}
