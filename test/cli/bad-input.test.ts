import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { listTasks } from "@parity-protocol/sdk";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { getTransactionCount } from "viem/actions";
import type { LocalNetwork } from "../../cli/local-network/start-local-network.ts";
import { startQuietNetwork } from "./support/local-network.ts";
import { type Finished, parity, temporaryFolder } from "./support/parity.ts";
import { writeStaticJob } from "./support/static-job.ts";

const deadUrl = "http://127.0.0.1:1";

function refused(finished: Finished, expected: { code: string; exit: number }): void {
  assert.deepEqual({ code: finished.error?.code, exit: finished.code }, expected, finished.stderr);
  assert.ok(finished.error?.hint, "an error has a hint");
  assert.equal(finished.stderr.includes("    at "), false, "no stack trace");
}

/** Serves the same answer to everything: a fault that no real part can be made to have. */
async function startMock(answer: (body: string) => { type: string; text: string }): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { type, text } = answer(Buffer.concat(chunks).toString());
      response.writeHead(200, { "content-type": type }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

// What an argument alone can do wrong is in bad-arguments.test.ts; here are the faults that need parts of their own, by the real program.
describe("posting with bad input", () => {
  const folder = temporaryFolder();
  let local: LocalNetwork;
  let transactionsBefore: number;
  const submitter = () => privateKeyToAccount(local.network.submitterKey).address;
  const transactions = () => getTransactionCount(local.connection.client, { address: submitter() });
  const post = (args: string[], env: Record<string, string> = {}) => parity(["post", ...args], { cwd: folder.path, env });

  before(async () => {
    local = await startQuietNetwork(folder.path);
    transactionsBefore = await transactions();
    writeStaticJob(folder.path);
  });
  after(async () => {
    assert.deepEqual(await listTasks(local.connection.client, { escrow: local.network.escrow, fromBlock: 0n }), []);
    await local.stop();
    folder.remove();
  });
  afterEach(async () => {
    assert.equal(await transactions(), transactionsBefore, "nothing was sent");
  });

  describe("given a wrong job file", () => {
    const withJob = (job: unknown) => {
      writeFileSync(path.join(folder.path, "bad.json"), JSON.stringify(job));
      return post(["bad.json"]);
    };
    const good = () => JSON.parse(readFileSync(path.join(folder.path, "job.json"), "utf8")) as Record<string, unknown>;

    it("refuses an unknown field and names the one that was meant", async () => {
      const finished = await withJob({ ...good(), inputs: "in" });
      refused(finished, { code: "JOB_FILE_INVALID", exit: 1 });
      assert.match(finished.error?.message ?? "", /inputs: unknown field; did you mean 'input'\?/);
    });

    it("refuses a wrong type", async () =>
      refused(await withJob({ ...good(), command: "esbuild" }), { code: "JOB_FILE_INVALID", exit: 1 }));
    it("refuses a missing input path", async () =>
      refused(await withJob({ ...good(), input: "nowhere" }), { code: "INPUT_NOT_FOUND", exit: 1 }));
    it("refuses a missing image folder", async () =>
      refused(await withJob({ ...good(), image: { folder: "nowhere" } }), { code: "INPUT_NOT_FOUND", exit: 1 }));
    it("refuses limits that no runner accepts", async () =>
      refused(await withJob({ ...good(), limits: { memoryBytes: 1 } }), { code: "JOB_SPEC_INVALID", exit: 1 }));

    it("refuses an archive that is truncated", async () => {
      await parity(["pack", "job.json", "--out", "image.tar"], { cwd: folder.path });
      const whole = readFileSync(path.join(folder.path, "image.tar"));
      writeFileSync(path.join(folder.path, "half.tar"), whole.subarray(0, whole.length / 2));
      refused(await withJob({ ...good(), image: { archive: "half.tar" } }), { code: "ARCHIVE_TRUNCATED", exit: 1 });
    });
  });

  describe("given a wrong network", () => {
    it("says to try again when the RPC is down", async () =>
      refused(await post(["job.json"], { PARITY_RPC_URL: deadUrl, PARITY_ESCROW: local.network.escrow }), {
        code: "RPC_UNREACHABLE",
        exit: 75,
      }));

    it("says that the local network is not running any more", async () => {
      const file = path.join(folder.path, "stale.json");
      writeFileSync(file, JSON.stringify({ ...local.network, rpcUrl: deadUrl, pid: 1 }));
      const finished = await post(["job.json", "--network", file]);
      refused(finished, { code: "RPC_UNREACHABLE", exit: 75 });
      assert.match(finished.error?.hint ?? "", /parity up/);
    });

    it("refuses another chain than the network file's", async () => {
      const { url, server } = await startMock((body) => ({
        type: "application/json",
        text: JSON.stringify({ jsonrpc: "2.0", id: (JSON.parse(body) as { id: number }).id, result: "0x1" }),
      }));
      const file = path.join(folder.path, "other.json");
      writeFileSync(file, JSON.stringify({ ...local.network, rpcUrl: url }));
      refused(await post(["job.json", "--network", file]), { code: "WRONG_CHAIN", exit: 1 });
      server.close();
    });

    it("refuses an escrow without code", async () =>
      refused(await post(["job.json", "--escrow", `0x${"de".repeat(20)}`]), { code: "NO_CODE_AT_ESCROW", exit: 1 }));
    it("refuses an escrow that is another contract", async () =>
      refused(await post(["job.json", "--escrow", local.network.factory]), { code: "NOT_AN_ESCROW", exit: 1 }));
    it("refuses a network file that holds a key of a public chain", async () => {
      const file = path.join(folder.path, "public.json");
      writeFileSync(file, JSON.stringify({ ...local.network, chainId: 1 }));
      const finished = await post(["job.json", "--network", file]);
      refused(finished, { code: "NETWORK_FILE_INVALID", exit: 1 });
      assert.equal(finished.stderr.includes(local.network.submitterKey), false);
    });
  });

  describe("given a wrong store", () => {
    it("refuses one that does not take our token", async () => {
      writeFileSync(path.join(folder.path, "in", "new.ts"), "export const fresh = true;\n"); // a blob that the store does not have
      refused(await post(["job.json"], { PARITY_STORE_TOKEN: "wrong" }), { code: "STORE_REFUSED", exit: 1 });
    });

    it("refuses one that says it has blobs which it does not have", async () => {
      const { url, server } = await startMock(() => ({ type: "application/json", text: "[]" }));
      const finished = await post(["job.json", "--store-url", url]);
      assert.equal(finished.code, finished.error?.code === "STORE_UNREACHABLE" ? 75 : 1);
      assert.ok(["BLOB_CORRUPT", "STORE_UNREACHABLE"].includes(finished.error?.code ?? ""), finished.stderr);
      server.close();
    });
  });

  describe("given too little money", () => {
    it("refuses a key with no gas", async () =>
      refused(await post(["job.json"], { PARITY_PRIVATE_KEY: generatePrivateKey() }), { code: "INSUFFICIENT_FUNDS", exit: 1 }));
    it("refuses a bounty that the balance does not cover", async () =>
      refused(await post(["job.json", "--bounty", "100000eth"]), { code: "INSUFFICIENT_FUNDS", exit: 1 }));
    it("refuses a bounty that does not cover the bonds", async () =>
      refused(await post(["job.json", "--bond", "1eth"]), { code: "BONDS_EXCEED_BOUNTY", exit: 1 }));
  });

  describe("given a wrong command line", () => {
    it("names the command that was meant", async () => {
      const finished = await parity(["pots", "job.json"], { cwd: folder.path });
      refused(finished, { code: "USAGE_INVALID", exit: 1 });
      assert.match(finished.error?.hint ?? "", /post/);
    });
    it("names the option that was meant", async () =>
      assert.match((await post(["job.json", "--bonty", "1eth"])).error?.hint ?? "", /--bounty/));
    it("refuses to start a runner without a key, naming the variable", async () => {
      const finished = await parity(["runner", "start"], { cwd: folder.path });
      refused(finished, { code: "RUNNER_CONFIG_INVALID", exit: 1 });
      assert.match(finished.error?.message ?? "", /RUNNER_KEYSTORE/);
    });
    it("says what is missing where no network is named", async () => {
      const elsewhere = temporaryFolder();
      refused(await parity(["list"], { cwd: elsewhere.path }), { code: "NETWORK_UNKNOWN", exit: 1 });
      elsewhere.remove();
    });
  });
});
