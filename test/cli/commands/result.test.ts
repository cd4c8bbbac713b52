import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { ServerResponse } from "node:http";
import path from "node:path";
import {
  commitmentOf,
  commitResult,
  encodeOutputManifest,
  type Hex,
  httpStore,
  identityOf,
  postTask,
  putStderrNote,
  revealResult,
  zeroAddress,
} from "@parity-protocol/sdk";
import { blobFromBytes } from "@parity-protocol/sdk/node";
import { privateKeyToAccount } from "viem/accounts";
import type { LocalNetwork } from "../../../cli/local-network/start-local-network.ts";
import { sendAs } from "../../../cli/network/connect.ts";
import { Cleanup } from "../../support/blobs.ts";
import { startQuietNetwork } from "../support/local-network.ts";
import { parity, temporaryFolder } from "../support/parity.ts";

const stdoutBytes = Buffer.from("hello\n");
const stdout = blobFromBytes(stdoutBytes);
const named = { sha256: stdout.sha256, bytes: stdout.bytes };
const manifestBytes = encodeOutputManifest({ version: 1, outcome: "exited", exitCode: 0, stdout: named, files: [] });
const manifest = blobFromBytes(manifestBytes);
const bytesByName = new Map([
  [stdout.sha256, stdoutBytes],
  [manifest.sha256, Buffer.from(manifestBytes)],
]);
const keys = ["11", "22"].map((byte) => `0x${byte.repeat(32)}` as Hex);

describe("parity result", () => {
  const folder = temporaryFolder();
  const cleanup = new Cleanup();
  let network: LocalNetwork;
  let taskId: Hex;
  const identities = keys.map((key) => identityOf(privateKeyToAccount(key).address));

  before(async () => {
    network = await startQuietNetwork(folder.path);
    taskId = await decideTask();
  });
  afterEach(() => cleanup.run());
  after(async () => {
    await network.stop();
    folder.remove();
  });

  /** Posts a task and lets two runners agree; nobody publishes anything. */
  async function decideTask(): Promise<Hex> {
    const { connection, network: place } = network;
    const { chainId, escrow } = place;
    const { task, ...posted } = await post();
    for (const key of keys) {
      await fund(privateKeyToAccount(key).address);
      const runner = sendAs(connection, privateKeyToAccount(key));
      const identity = identityOf(runner.account.address);
      const commitment = commitmentOf({ chainId, escrow, taskId: posted.taskId, opening: openingOf(identity, runner.account.address) });
      await commitResult(runner, { escrow, task, identity, commitment });
    }
    for (const key of keys) {
      const runner = sendAs(connection, privateKeyToAccount(key));
      const opening = openingOf(identityOf(runner.account.address), runner.account.address);
      await revealResult(runner, { escrow, taskId: posted.taskId, opening });
    }
    return posted.taskId;
  }

  async function post() {
    const { connection, network: place } = network;
    const submitter = sendAs(connection, privateKeyToAccount(place.submitterKey));
    const now = Math.floor(Date.now() / 1000);
    const { key, taskId: posted } = await postTask(submitter, {
      escrow: place.escrow,
      terms: {
        bountyWei: 2n,
        slots: 2,
        quorum: 2,
        commitDeadline: now + 3_600,
        revealWindowSeconds: 3_600,
        gate: zeroAddress,
        jobHash: `0x${"7".repeat(64)}`,
      },
      location: place.storeUrl,
      sources: "unchecked",
    });
    return { task: key, taskId: posted };
  }

  function openingOf(identity: Hex, payee: Hex) {
    return { identity, payee, outputHash: `0x${manifest.sha256}` as Hex, salt: `0x${"5".repeat(64)}` as Hex };
  }

  async function fund(address: Hex): Promise<void> {
    const request = network.connection.client.request as (call: { method: string; params: unknown[] }) => Promise<unknown>;
    await request({ method: "hardhat_setBalance", params: [address, "0xde0b6b3a7640000"] });
  }

  const fetchTo = (out: string, ...storeUrls: string[]) =>
    parity(["result", taskId.slice(0, 12), "--out", out, ...storeUrls.flatMap((url) => ["--store-url", url])], { cwd: folder.path });

  /** The bytes that a URL of a store asks for. */
  const bytesAt = (url = "") => bytesByName.get(/^\/blobs\/([0-9a-f]{64})$/.exec(url)?.[1] ?? "");

  it("names the runners that left nothing, where nobody has delivered", async () => {
    const { code, error } = await fetchTo("nobody");
    assert.deepEqual([code, error?.code], [75, "BLOB_NOT_FOUND"]);
    assert.match(error?.message ?? "", /2 of 2 matching runners left nothing/);
    for (const key of keys) assert.ok(error?.message.includes(privateKeyToAccount(key).address), error?.message);
    assert.ok(!existsSync(path.join(folder.path, "nobody")));
  });

  it("takes the output from a mirror when the first store serves a web page, and says so of nobody", async () => {
    const page = await cleanup.serve((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>log in</html>"));
    const mirror = await cleanup.serve((request, response) => {
      const bytes = bytesAt(request.url);
      response.writeHead(bytes ? 200 : 404).end(bytes);
    });
    const { code, records } = await fetchTo("mirrored", page, mirror);
    assert.equal(code, 0);
    assert.equal(records.at(-1)?.outputHash, `0x${manifest.sha256}`);
  });

  it("says of a store that serves web pages that it is none", async () => {
    const page = await cleanup.serve((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>log in</html>"));
    const { code, error } = await fetchTo("page", page);
    assert.deepEqual([code, error?.code], [75, "STORE_UNREACHABLE"]);
    assert.match(error?.message ?? "", /web page/);
    assert.ok(!existsSync(path.join(folder.path, "page")));
  });

  it("gives up on a store that stalls in the middle of a blob, and leaves nothing", async () => {
    const stalling = await cleanup.serve((request, response) => {
      const bytes = bytesAt(request.url);
      if (!bytes) return void response.writeHead(404).end();
      response.writeHead(200, { "content-length": bytes.length });
      if (bytes === stdoutBytes) response.write("he");
      else response.end(bytes);
    });
    const { code, error } = await fetchTo("stalled", stalling);
    assert.deepEqual([code, error?.code], [75, "STORE_UNREACHABLE"]);
    assert.match(error?.message ?? "", /silent|too slow/);
    assert.ok(!existsSync(path.join(folder.path, "stalled", "stdout")));
  });

  it("takes its time with a store that is slow and goes on", async () => {
    const drip = async (bytes: Buffer, response: ServerResponse) => {
      response.writeHead(200, { "content-length": bytes.length });
      for (const byte of bytes) await new Promise((resolve) => setTimeout(() => resolve(response.write(Buffer.of(byte))), 2));
      response.end();
    };
    const slow = await cleanup.serve((request, response) => {
      const bytes = bytesAt(request.url);
      if (bytes) void drip(bytes, response);
      else response.writeHead(404).end();
    });
    assert.equal((await fetchTo("slow", slow)).code, 0);
  });

  it("is content with one runner's delivery, and says whose is missing", async () => {
    const { storeUrl, storeToken } = network.network;
    const store = httpStore(storeUrl, { token: storeToken });
    for (const blob of [stdout, manifest]) await store.put(blob);
    const note = { taskId, identity: identities[1] as Hex, stderr: new TextEncoder().encode("a warning") };
    await putStderrNote(storeUrl, note, { token: storeToken });
    const { code, records } = await fetchTo("one");
    assert.equal(code, 0);
    const { deliveries, stderr } = records.at(-1) as { deliveries: { identity: Hex; store: string | null }[]; stderr: { from: Hex } };
    assert.deepEqual(
      deliveries.map(({ identity, store: at }) => [identity, at]),
      [
        [identities[0], null],
        [identities[1], storeUrl],
      ],
    );
    assert.equal(stderr.from, identities[1]);
  });
});
