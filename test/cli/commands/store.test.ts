import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { getTask, type Hex, httpStore } from "@parity-protocol/sdk";
import type { LocalNetwork } from "../../../cli/local-network/start-local-network.ts";
import { blobOf, withCode } from "../../support/blobs.ts";
import { startQuietNetwork } from "../support/local-network.ts";
import { parity, type Surroundings, startParity, temporaryFolder } from "../support/parity.ts";
import { writeStaticJob } from "../support/static-job.ts";

describe("parity store serve", () => {
  const folder = temporaryFolder();
  after(() => folder.remove());
  const here: Surroundings = { cwd: folder.path };

  /** Serves while `use` runs, and ends it as an operator does. */
  async function serving(args: readonly string[], use: (url: string) => Promise<void>, surroundings = here) {
    const { child, firstRecord, finished } = startParity(["store", "serve", "--port", "0", ...args], surroundings);
    let said = "";
    child.stdout.on("data", (text: string) => {
      said += text;
    });
    try {
      await Promise.race([firstRecord, finished.then(({ stderr }) => assert.fail(stderr))]);
      await use((JSON.parse(said.split("\n")[0] ?? "") as { url: string }).url);
    } finally {
      child.kill("SIGTERM");
    }
    return finished;
  }

  it("makes a token that only its owner reads, takes it for writes, keeps what it took, and ends with 0", async () => {
    const args = ["--directory", "blobs", "--token-file", "store.token"];
    const { code, records } = await serving(args, async (url) => {
      await httpStore(url, { token: readFileSync(path.join(folder.path, "store.token"), "utf8").trim() }).put(blobOf(1_000));
      await assert.rejects(httpStore(url).put(blobOf(10)), withCode("STORE_REFUSED"));
    });
    assert.equal(code, 0);
    assert.deepEqual(records[0]?.writers, ["the token's owner"]);
    assert.equal(statSync(path.join(folder.path, "store.token")).mode & 0o777, 0o600);
    await serving(args, async (url) => {
      assert.deepEqual(await httpStore(url).missing([blobOf(1_000).sha256]), []);
      await httpStore(url, { token: readFileSync(path.join(folder.path, "store.token"), "utf8").trim() }).put(blobOf(20));
    });
  });

  it("serves without anybody who may write, where nobody is named", async () => {
    const { records } = await serving(["--directory", "read-only"], async (url) => {
      await assert.rejects(httpStore(url, { token: "any-token-at-all" }).put(blobOf(10)), withCode("STORE_REFUSED"));
    });
    assert.deepEqual(records[0]?.writers, []);
  });

  describe("given a network", () => {
    const place = temporaryFolder();
    const there: Surroundings = { cwd: place.path };
    let network: LocalNetwork;
    before(async () => {
      network = await startQuietNetwork(place.path);
      writeStaticJob(place.path);
    });
    after(async () => {
      await network.stop();
      place.remove();
    });

    it("lets a submitter post without a token, and sends no other store's token there", async () => {
      const { records } = await serving(
        ["--directory", "signed"],
        async (url) => {
          const seen: (string | undefined)[] = [];
          const noting = createServer((request, response) => {
            seen.push(request.headers.authorization);
            request.resume().once("end", () => response.writeHead(404).end("[]"));
          });
          await new Promise<void>((resolve) => noting.listen(0, "127.0.0.1", resolve));
          await parity(["post", "job.json", "--store-url", `http://127.0.0.1:${(noting.address() as AddressInfo).port}`], there);
          noting.close();
          assert.ok(!seen.some((header) => header?.includes(network.network.storeToken)), seen.join());
          const posted = await parity(["post", "job.json", "--store-url", url], there);
          assert.equal(posted.code, 0, posted.stderr);
          const taskId = posted.records.at(-1)?.taskId as Hex;
          const { client } = network.connection;
          const { terms, location } = await getTask(client, { escrow: network.network.escrow, taskId });
          assert.equal(location, url);
          assert.deepEqual(await httpStore(url).missing([terms.jobHash.slice(2)]), []);
        },
        there,
      );
      assert.deepEqual(records[0]?.writers, ["submitters", "runners"]);
    });
  });

  const deadRpc = { STORE_RPC_URL: "http://127.0.0.1:9", STORE_ESCROW: `0x${"1".repeat(40)}` };

  it("leaves the chain alone where it is told to", async () => {
    const { records } = await serving(["--directory", "alone", "--no-chain"], async () => {}, { ...here, env: deadRpc });
    assert.deepEqual(records[0]?.writers, []);
  });

  for (const { what, args, env, code, exit } of [
    { what: "a directory in /proc", args: ["--directory", "/proc/blobs"], code: "STORE_DIRECTORY_UNUSABLE", exit: 1 },
    { what: "a port that is none", args: ["--directory", "d", "--port", "http"], code: "STORE_CONFIG_INVALID", exit: 1 },
    { what: "no directory", args: [], code: "STORE_CONFIG_INVALID", exit: 1 },
    { what: "a token that is too short", args: ["--directory", "d", "--token-file", "short"], code: "STORE_CONFIG_INVALID", exit: 1 },
    { what: "a token file that cannot be read", args: ["--directory", "d", "--token-file", "."], code: "FILE_UNREADABLE", exit: 1 },
    { what: "a public URL that is none", args: ["--directory", "d", "--public-url", "blobs"], code: "STORE_CONFIG_INVALID", exit: 1 },
    { what: "a chain that does not answer", args: ["--directory", "d"], env: deadRpc, code: "RPC_UNREACHABLE", exit: 75 },
  ])
    it(`refuses ${what} with a code and a hint`, async () => {
      writeFileSync(path.join(folder.path, "short"), "short\n");
      const finished = await parity(["store", "serve", "--port", "0", ...args], { ...here, ...(env ? { env } : {}) });
      assert.deepEqual([finished.code, finished.error?.code], [exit, code], finished.stderr);
      assert.ok(finished.error?.hint);
    });
});
