import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  type Blobbed,
  claimPayout,
  encodeOutputManifest,
  getStderrNote,
  type Hex,
  httpStore,
  type Opening,
  type PostedTask,
  postTask,
  putStderrNote,
  type StoreSigner,
  signStoreWrite,
} from "@parity-protocol/sdk";
import { blobFromBytes } from "@parity-protocol/sdk/node";
import type { StoreServerOptions } from "@parity-protocol/store";
import { type Account, pad } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { blobOf, bytesOf, Cleanup, withCode } from "../support/blobs.ts";
import { actionsOf, type EscrowChain, openingOf, type SendingClient, startEscrowChain } from "../support/escrow-chain.ts";
import { ask, startStore, token } from "./support.ts";

const DAY = 86_400;

describe("a store with a chain", () => {
  const cleanup = new Cleanup();
  let chain: EscrowChain;
  beforeEach(async () => {
    chain = await startEscrowChain();
  });
  afterEach(() => cleanup.run());

  function start(options: Partial<StoreServerOptions> = {}) {
    const { submitter: client, chainId, escrow } = chain;
    return startStore(cleanup, { chain: { client, chainId, escrow, fromBlock: 0n }, ...options });
  }

  const signerOf = (account: Account, slot?: StoreSigner["slot"]): StoreSigner => ({
    chainId: chain.chainId,
    escrow: chain.escrow,
    account: account as StoreSigner["account"],
    ...(slot ? { slot } : {}),
  });
  const as = (url: string, account: Account, slot?: StoreSigner["slot"]) => httpStore(url, { signer: signerOf(account, slot) });

  /** Sends a PUT of a blob with a signature over something that may differ from it. */
  async function putSigned(
    url: string,
    blob: Blobbed,
    change: Partial<{ store: string; path: string; sha256: string; bytes: number; now: number }>,
  ) {
    const signed = { store: url, path: `/blobs/${blob.sha256}`, sha256: blob.sha256, bytes: blob.bytes, ...change };
    const authorization = await signStoreWrite(signerOf(chain.submitter.account), signed, change.now ?? Math.floor(Date.now() / 1000));
    const body = Buffer.concat(await Array.fromAsync(blob.open()));
    return ask(`${url}/blobs/${blob.sha256}`, { method: "PUT", body, headers: { authorization } });
  }

  describe("given a submitter", () => {
    it("takes what it signed for, and nothing without a signature", async () => {
      const { url } = await start({ token: undefined });
      const blobs = [blobOf(100_000), blobOf(3 * 1024 ** 2)];
      for (const blob of blobs) await as(url, chain.submitter.account).put(blob);
      assert.deepEqual(await httpStore(url).missing(blobs.map(({ sha256 }) => sha256)), []);
      await assert.rejects(httpStore(url).put(blobOf(10)), withCode("STORE_REFUSED"));
    });

    it("takes the owner's token as before", async () => {
      const { url } = await start();
      await httpStore(url, { token }).put(blobOf(10));
    });

    for (const [what, change] of Object.entries({
      "another store": { store: "http://127.0.0.1:1" },
      "another blob": { sha256: "0".repeat(64), path: `/blobs/${"0".repeat(64)}` },
      "another path": { path: "/blobs/" },
      "another size": { bytes: 11 },
      "a time that is over": { now: 1_000_000 },
      "a time that is far away": { now: 4_000_000_000 },
    }))
      it(`refuses a signature for ${what}`, async () => {
        const { url } = await start();
        const { status, json } = await putSigned(url, blobOf(10), change);
        assert.deepEqual([status, json.code], [401, "STORE_REFUSED"]);
      });

    it("takes the same request again, which changes nothing", async () => {
      const { url } = await start({ quota: { addressBytes: 15 } });
      const authorization = await signStoreWrite(
        signerOf(chain.submitter.account),
        { store: url, path: `/blobs/${blobOf(10).sha256}`, sha256: blobOf(10).sha256, bytes: 10 },
        Math.floor(Date.now() / 1000),
      );
      const send = () => ask(`${url}/blobs/${blobOf(10).sha256}`, { method: "PUT", body: bytesOf(10), headers: { authorization } });
      assert.deepEqual([(await send()).status, (await send()).status, (await send()).status], [201, 200, 200]);
    });

    it("refuses who signs for another address, for another chain, or without a size", async () => {
      const { url } = await start();
      const stranger = privateKeyToAccount(generatePrivateKey());
      const forged = { ...signerOf(stranger), account: { ...stranger, address: chain.submitter.account.address } };
      await assert.rejects(httpStore(url, { signer: forged }).put(blobOf(10)), withCode("STORE_REFUSED"));
      const elsewhere = { ...signerOf(chain.submitter.account), chainId: 1 };
      await assert.rejects(httpStore(url, { signer: elsewhere }).put(blobOf(10)), withCode("STORE_REFUSED"));
      const headers = { authorization: "Parity e30", "transfer-encoding": "chunked" };
      const unsized = await ask(`${url}/blobs/${blobOf(10).sha256}`, { method: "PUT", body: bytesOf(10), headers });
      assert.deepEqual([unsized.status, unsized.json.code], [400, "STORE_REQUEST_INVALID"]);
    });

    it("refuses an address that owns nothing on the chain", async () => {
      const { url } = await start();
      await assert.rejects(as(url, privateKeyToAccount(generatePrivateKey())).put(blobOf(10)), withCode("STORE_REFUSED"));
    });

    it("takes so much a day of one address, and counts only what it kept", async () => {
      const { url } = await start({ quota: { addressBytes: 2_500 } });
      const store = as(url, chain.submitter.account);
      await store.put(blobOf(1_000, 1));
      await store.put(blobOf(1_000, 1));
      await assert.rejects(store.put({ ...blobOf(1_000, 2), sha256: "0".repeat(64) }), withCode("BLOB_CORRUPT"));
      await store.put(blobOf(1_000, 3));
      await assert.rejects(store.put(blobOf(1_000, 4)), withCode("STORE_QUOTA_EXCEEDED"));
    });

    it("remembers over a restart what was written today", async () => {
      const directory = cleanup.directory();
      const first = await start({ directory, quota: { addressBytes: 2_500 } });
      await as(first.url, chain.submitter.account).put(blobOf(2_000));
      await first.close();
      const second = await start({ directory, quota: { addressBytes: 2_500 } });
      await assert.rejects(as(second.url, chain.submitter.account).put(blobOf(1_000)), withCode("STORE_QUOTA_EXCEEDED"));
    });

    it("gives all addresses that never posted a task one small share, however many they are", async () => {
      const { url } = await start({ quota: { unprovenBytes: 2_500 } });
      await chain.post();
      const [one, other] = chain.runners as [SendingClient, SendingClient];
      await as(url, one.account).put(blobOf(1_500, 1));
      await assert.rejects(as(url, other.account).put(blobOf(1_500, 2)), withCode("STORE_QUOTA_EXCEEDED"));
      await as(url, chain.submitter.account).put(blobOf(10_000, 3));
    });

    it("asks a contract wallet whether it signed", async () => {
      const { url } = await start();
      const wallet = privateKeyToAccount(generatePrivateKey()).address;
      const code = (magic: Hex) => `0x7f${pad(magic, { dir: "right" }).slice(2)}60005260206000f3` as Hex;
      const request = chain.request as (call: { method: string; params: unknown[] }) => Promise<unknown>;
      await request({ method: "hardhat_setBalance", params: [wallet, "0x1"] });
      const signer = { ...signerOf(chain.submitter.account), account: { ...chain.submitter.account, address: wallet } } as StoreSigner;
      await request({ method: "hardhat_setCode", params: [wallet, code("0xffffffff")] });
      await assert.rejects(httpStore(url, { signer }).put(blobOf(10)), withCode("STORE_REFUSED"));
      await request({ method: "hardhat_setCode", params: [wallet, code("0x1626ba7e")] });
      await httpStore(url, { signer }).put(blobOf(10));
    });

    it("holds back who asks to have very many signatures checked", async () => {
      const { url } = await start();
      const headers = { authorization: "Parity e30" };
      const statuses = new Set<number>();
      for (let i = 0; i < 450 && !statuses.has(429); i += 50) {
        const asked = Array.from({ length: 50 }, () => ask(`${url}/blobs/${"0".repeat(64)}`, { method: "PUT", body: "x", headers }));
        for (const { status } of await Promise.all(asked)) statuses.add(status);
      }
      assert.ok(statuses.has(429), [...statuses].join());
    });
  });

  describe("given the runners of a task", () => {
    const content = { stdout: bytesOf(500, 7), file: bytesOf(90_000, 8) };
    const stdout = blobFromBytes(content.stdout);
    const file = blobFromBytes(content.file);
    const manifestOf = (change: { files?: boolean } = {}) =>
      blobFromBytes(
        encodeOutputManifest({
          version: 1,
          outcome: "exited",
          exitCode: 0,
          stdout: { sha256: stdout.sha256, bytes: stdout.bytes },
          files: change.files === false ? [] : [{ path: "result", sha256: file.sha256, bytes: file.bytes, executable: false }],
        }),
      );
    const manifest = manifestOf();

    interface Played {
      url: string;
      task: PostedTask;
      runner: SendingClient;
      liar: SendingClient;
      openings: [Opening, Opening, Opening];
      /** The store, signed to as a runner of the task. */
      store(runner: SendingClient): ReturnType<typeof httpStore>;
    }

    /** Posts a task that names a store and lets three runners commit; the third one lies. */
    async function play({
      options = {},
      location,
      outputBytes,
    }: {
      options?: Partial<StoreServerOptions>;
      location?: string;
      outputBytes?: number;
    } = {}) {
      const { url } = await start(options);
      const owner = httpStore(url, { token });
      for (const bytes of chain.store.blobs.values()) await owner.put(blobFromBytes(bytes));
      const jobHash = outputBytes === undefined ? chain.jobHash : await withLimit(owner, outputBytes);
      const task = await postTask(chain.submitter, {
        escrow: chain.escrow,
        terms: await chain.terms({ jobHash }),
        location: location ?? `http://elsewhere.example ${url}`,
        sources: "unchecked",
      });
      const [first, second, third] = chain.runners as [SendingClient, SendingClient, SendingClient];
      const outputHash: Hex = `0x${manifest.sha256}`;
      const openings: Played["openings"] = [{ ...openingOf(first), outputHash }, { ...openingOf(second), outputHash }, openingOf(third)];
      const { commit } = actionsOf(chain, task);
      for (const [i, runner] of [first, second, third].entries()) await commit(runner, openings[i] as Opening);
      const store = (runner: SendingClient) => as(url, runner.account, { taskId: task.taskId, identity: openingOf(runner).identity });
      return { url, task, runner: first, liar: third, openings, store } satisfies Played;
    }

    async function withLimit(owner: ReturnType<typeof httpStore>, outputBytes: number): Promise<Hex> {
      const spec = JSON.parse(Buffer.from(chain.store.blobs.get(chain.jobHash.slice(2)) ?? new Uint8Array()).toString());
      spec.limits.outputBytes = outputBytes;
      const blob = blobFromBytes(Buffer.from(JSON.stringify(spec)));
      await owner.put(blob);
      return `0x${blob.sha256}`;
    }

    async function decide({ task, openings }: Played): Promise<void> {
      const { reveal } = actionsOf(chain, task);
      for (const [i, opening] of openings.entries()) await reveal(chain.runners[i] as SendingClient, opening);
    }

    it("takes nothing of an output before the task is decided", async () => {
      const played = await play();
      await assert.rejects(played.store(played.runner).put(manifest), withCode("STORE_WRITE_NOT_DUE"));
      const { reveal } = actionsOf(chain, played.task);
      await reveal(played.runner, played.openings[0]);
      await assert.rejects(played.store(played.runner).put(stdout), withCode("STORE_WRITE_NOT_DUE"));
    });

    it("takes the accepted output from a runner that matched: its manifest, what that names, and shows it when all is there", async () => {
      const played = await play();
      await decide(played);
      const store = played.store(played.runner);
      await assert.rejects(store.put(stdout), withCode("STORE_WRITE_NOT_DUE"));
      await store.put(manifest);
      assert.deepEqual(await store.missing([manifest.sha256]), [manifest.sha256]);
      await store.put(stdout);
      await store.put(file);
      await store.put(manifest);
      assert.deepEqual(await store.missing([manifest.sha256, stdout.sha256, file.sha256]), []);
    });

    it("takes it from two runners at once", async () => {
      const played = await play();
      await decide(played);
      const stores = [played.runner, chain.runners[1] as SendingClient].map((runner) => played.store(runner));
      for (const blob of [manifest, stdout, file, manifest]) await Promise.all(stores.map((store) => store.put(blob)));
      assert.deepEqual(await httpStore(played.url).missing([manifest.sha256, stdout.sha256, file.sha256]), []);
    });

    it("takes from a runner nothing but that output", async () => {
      const played = await play();
      await decide(played);
      const store = played.store(played.runner);
      await store.put(manifest);
      await assert.rejects(store.put(blobOf(77)), withCode("STORE_REFUSED"));
      await assert.rejects(
        store.put({ ...stdout, bytes: stdout.bytes + 1, open: () => blobOf(stdout.bytes + 1).open() }),
        withCode("STORE_REFUSED"),
      );
    });

    it("takes nothing from a runner that revealed another output, from one without a slot, or from a stranger in a runner's name", async () => {
      const played = await play();
      await decide(played);
      await assert.rejects(played.store(played.liar).put(manifest), withCode("STORE_REFUSED"));
      const [, , , outsider] = chain.runners as SendingClient[];
      await assert.rejects(played.store(outsider as SendingClient).put(manifest), withCode("STORE_WRITE_NOT_DUE"));
      const slot = { taskId: played.task.taskId, identity: openingOf(played.runner).identity };
      await assert.rejects(as(played.url, (outsider as SendingClient).account, slot).put(manifest), withCode("STORE_REFUSED"));
    });

    it("takes nothing of a task that names other stores, or that nobody posted", async () => {
      const played = await play({ location: "http://elsewhere.example" });
      await decide(played);
      await assert.rejects(played.store(played.runner).put(manifest), withCode("STORE_REFUSED"));
      const slot = { taskId: `0x${"9".repeat(64)}` as Hex, identity: openingOf(played.runner).identity };
      await assert.rejects(as(played.url, played.runner.account, slot).put(manifest), withCode("STORE_WRITE_NOT_DUE"));
    });

    it("takes no more than the task's output limit, and charges the submitter", async () => {
      const over = await play({ outputBytes: 90_000 });
      await decide(over);
      await over.store(over.runner).put(manifest);
      await assert.rejects(over.store(over.runner).put(stdout), withCode("BLOB_TOO_LARGE"));
      const charged = await play({ options: { quota: { addressBytes: 2_000 } } });
      await decide(charged);
      await charged.store(charged.runner).put(manifest);
      await charged.store(charged.runner).put(stdout);
      await assert.rejects(charged.store(charged.runner).put(file), withCode("STORE_QUOTA_EXCEEDED"));
    });

    it("takes an output until some days after the close, whether or not the slot was settled, and not later", async () => {
      const played = await play({ options: { retentionDays: 2 } });
      await decide(played);
      await chain.mineAt((await chain.now()) + DAY);
      await claimPayout(played.runner, { escrow: chain.escrow, task: played.task.key, opening: played.openings[0] });
      await played.store(played.runner).put(manifest);
      const late = await start({ retentionDays: 2, publicUrls: [played.url] });
      await chain.mineAt((await chain.now()) + 3 * DAY);
      const signed = { store: played.url, path: `/blobs/${manifest.sha256}`, sha256: manifest.sha256, bytes: manifest.bytes };
      const signer = signerOf(played.runner.account, { taskId: played.task.taskId, identity: openingOf(played.runner).identity });
      const authorization = await signStoreWrite(signer, signed, Math.floor(Date.now() / 1000));
      const body = Buffer.concat(await Array.fromAsync(manifest.open()));
      const answer = await ask(`${late.url}/blobs/${manifest.sha256}`, { method: "PUT", body, headers: { authorization } });
      assert.deepEqual([answer.status, answer.json.code], [401, "STORE_REFUSED"]);
    });

    it("takes a runner's own stderr, as it signed it", async () => {
      const played = await play();
      await decide(played);
      const { taskId } = played.task;
      const { identity } = openingOf(played.runner);
      const options = { signer: signerOf(played.runner.account, { taskId, identity }) };
      await putStderrNote(played.url, { taskId, identity, stderr: Buffer.from("a warning") }, options);
      assert.equal(Buffer.from((await getStderrNote(played.url, { taskId, identity })) ?? []).toString(), "a warning");
      const foreign = putStderrNote(
        played.url,
        { taskId, identity: openingOf(played.liar).identity, stderr: Buffer.from("a lie") },
        options,
      );
      await assert.rejects(foreign, withCode("STORE_REFUSED"));
    });

    it("takes no stderr whose bytes differ from what was signed", async () => {
      const played = await play();
      await decide(played);
      const { taskId } = played.task;
      const { identity } = openingOf(played.runner);
      const path = `/tasks/${taskId}/runners/${identity}/stderr`;
      const sha256 = createHash("sha256").update("a warning").digest("hex");
      const signer = signerOf(played.runner.account, { taskId, identity });
      const authorization = await signStoreWrite(signer, { store: played.url, path, sha256, bytes: 9 }, Math.floor(Date.now() / 1000));
      const answer = await ask(`${played.url}${path}`, {
        method: "PUT",
        body: "forgeries",
        headers: { authorization, "parity-sha256": sha256 },
      });
      assert.deepEqual([answer.status, answer.json.code], [422, "BLOB_CORRUPT"]);
    });
  });
});
