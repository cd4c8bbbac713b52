import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  blobFromBytes,
  commitmentOf,
  commitResult,
  decodeJobSpec,
  encodeOutputManifest,
  isParityError,
  type Opening,
  outputHashOf,
  readBlob,
  revealResult,
  type Task,
  takeTurns,
  watchTasks,
} from "@parity-protocol/sdk";
import type { EIP1193Provider } from "viem";
import { hardhat } from "viem/chains";
import { postOrExplain } from "../../docs/examples/errors.ts";
import { runOnEach } from "../../docs/examples/hundred-tasks.ts";
import { follow } from "../../docs/examples/progress.ts";
import { clientOfKey, clientOfWallet } from "../../docs/examples/wallets.ts";
import { type EscrowChain, openingOf, type SendingClient, startEscrowChain } from "../support/escrow-chain.ts";

const examples = path.resolve(import.meta.dirname, "../../docs/examples");
const page = readFileSync(path.resolve(examples, "../sdk.md"), "utf8");

describe("the page of examples", () => {
  for (const name of readdirSync(examples))
    it(`shows ${name} as it is`, () => assert.ok(page.includes(`\`\`\`ts\n${readFileSync(path.join(examples, name), "utf8")}\`\`\``)));
});

describe("a submitter's program", function () {
  this.timeout(300_000);
  let chain: EscrowChain;
  let commitDeadline: number;
  const stop = new AbortController();

  before(async () => {
    chain = await startEscrowChain();
    commitDeadline = (await chain.now()) + 3_600;
    void runnerOf(chain, stop.signal);
  });
  after(() => stop.abort());

  const terms = () => ({ bountyWei: 3_000n, slots: 1, quorum: 1, revealWindowSeconds: 600 });

  it("posts a hundred tasks at once, awaits them and gets each one's own verified output", async () => {
    const { submitter, escrow, store, jobHash } = chain;
    const job = decodeJobSpec(await readBlob([store], { sha256: jobHash.slice(2), maxBytes: 100_000 }));
    const texts = Array.from({ length: 100 }, (_, i) => `text ${i}`);
    const results = await runOnEach(submitter, { escrow, store, location: "", job, terms: terms(), texts });
    assert.deepEqual(
      results.map(({ stdout }) => stdout),
      texts.map((text) => text.toUpperCase()),
    );
    assert.equal(new Set(results.map(({ taskId }) => taskId)).size, 100);
  });

  it("is told how far it is, and gets the result", async () => {
    const { submitter, escrow, store, jobHash } = chain;
    const told: string[] = [];
    const blobs = [blobFromBytes(new TextEncoder().encode("one more blob"))];
    const task = { escrow, location: "", sources: [store], terms: { ...terms(), jobHash, commitDeadline } };
    const request = { ...task, store, blobs, tell: (line: string) => told.push(line), signal: new AbortController().signal };
    const { outcome } = await follow(submitter, request);
    assert.equal(outcome, "ACCEPTED");
    for (const start of ["uploaded 13 of 13", "task 0x", "sent 0x", "open to anyone", "phase ACCEPTED"])
      assert.ok(
        told.some((line) => line.startsWith(start)),
        `${start} in ${told.join(", ")}`,
      );
  });

  it("can give up at any time, and what was sent stays sent", async () => {
    const { submitter, escrow, store } = chain;
    const controller = new AbortController();
    const unanswered = { ...terms(), slots: 3, quorum: 2, jobHash: chain.jobHash, commitDeadline };
    const tell = (line: string) => {
      if (line.startsWith("phase")) controller.abort();
    };
    const following = follow(submitter, {
      escrow,
      location: "",
      sources: [store],
      terms: unanswered,
      store,
      blobs: [],
      tell,
      signal: controller.signal,
    });
    await assert.rejects(following, (error) => isParityError(error, "WAIT_ABORTED"));
  });

  it("reads an error by its code", async () => {
    const { submitter, escrow, store, jobHash } = chain;
    const rich = { ...terms(), bountyWei: 10n ** 25n, jobHash, commitDeadline };
    assert.match(await postOrExplain(submitter, { escrow, location: "", sources: [store], terms: rich }), /^Not enough money: /);
  });

  it("posts through a browser's wallet, which keeps the key and sends itself", async () => {
    const { escrow, store, jobHash, request } = chain;
    const client = await clientOfWallet(hardhat, walletOf(request));
    const posted = await postOrExplain(client, { escrow, location: "", sources: [store], terms: { ...terms(), jobHash, commitDeadline } });
    assert.match(posted, /^0x[0-9a-f]{64}$/);
  });

  it("says that the wallet's owner declined, and that nothing was sent", async () => {
    const { escrow, store, jobHash, request } = chain;
    const declining = async (call: { method: string; params?: unknown }) => {
      if (call.method === "eth_sendTransaction") throw Object.assign(new Error("User rejected the request."), { code: 4001 });
      return request(call as never);
    };
    const client = await clientOfWallet(hardhat, walletOf(declining));
    const said = await postOrExplain(client, { escrow, location: "", sources: [store], terms: { ...terms(), jobHash, commitDeadline } });
    assert.match(said, /declined/);
  });

  it("makes a client of a key of its own", () =>
    assert.match(clientOfKey(hardhat, { rpcUrl: "http://127.0.0.1:1", privateKey: `0x${"11".repeat(32)}` }).account.address, /^0x/));
});

type Request = (call: { method: string; params?: unknown }) => Promise<unknown>;

/** A wallet in a browser: the chain's own accounts, shown when they are asked for. */
function walletOf(request: unknown): EIP1193Provider {
  const ask = request as Request;
  const answer: Request = (call) => ask(call.method === "eth_requestAccounts" ? { method: "eth_accounts" } : call);
  return { request: answer, on: () => {}, removeListener: () => {} } as unknown as EIP1193Provider;
}

/** Answers every task with one slot that its first runner sees: the input in capitals. A job's container plays no part here. */
async function runnerOf(chain: EscrowChain, signal: AbortSignal): Promise<void> {
  const { submitter, escrow, runners } = chain;
  const runner = runners[0] as SendingClient;
  const inTurn = takeTurns();
  const working: Promise<void>[] = [];
  await watchTasks(submitter, {
    escrow,
    fromBlock: 0n,
    signal,
    pollMs: 20,
    onTask: (task) => void (task.terms.slots === 1 && working.push(answer(task))),
  });
  await Promise.allSettled(working);

  async function answer({ key, taskId, terms }: Task): Promise<void> {
    const spec = decodeJobSpec(await readBlob([chain.store], { sha256: terms.jobHash.slice(2), maxBytes: 100_000 }));
    const input = await readBlob([chain.store], { sha256: spec.input[0]?.sha256 ?? "", maxBytes: 100_000 });
    const stdout = new TextEncoder().encode(new TextDecoder().decode(input).toUpperCase());
    const manifest = {
      version: 1,
      outcome: "exited",
      exitCode: 0,
      stdout: { sha256: chain.store.add(stdout), bytes: stdout.length },
      files: [],
    } as const;
    const opening: Opening = { ...openingOf(runner), outputHash: outputHashOf({ ...manifest, files: [] }) };
    const commitment = commitmentOf({ chainId: chain.chainId, escrow, taskId, opening });
    await commitResult(runner, { escrow, task: key, identity: opening.identity, commitment, inTurn });
    await revealResult(runner, { escrow, taskId, opening, inTurn });
    chain.store.add(encodeOutputManifest({ ...manifest, files: [] }));
  }
}
