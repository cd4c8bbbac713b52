import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { generatePrivateKey } from "viem/accounts";
import type { LocalNetwork } from "../../../cli/local-network/start-local-network.ts";
import { startQuietNetwork } from "../support/local-network.ts";
import { type Finished, parity, temporaryFolder } from "../support/parity.ts";

describe("parity doctor", () => {
  const folder = temporaryFolder();
  let local: LocalNetwork;
  const run = (args: string[] = [], env: Record<string, string> = {}) => parity(["doctor", ...args], { cwd: folder.path, env });
  const checkOf = ({ records }: Finished, name: string) => records.find((record) => record.check === name);

  before(async () => {
    local = await startQuietNetwork(folder.path);
  });
  after(async () => {
    await local.stop();
    folder.remove();
  });

  it("looks at everything that the other commands need, and says that all is well", async () => {
    const finished = await run();
    assert.equal(finished.code, 0, finished.stdout);
    const names = finished.records.map((record) => record.check);
    for (const name of ["node", "engine", "kernel", "network", "chain", "clock", "escrow", "store", "key"])
      assert.ok(names.includes(name), name);
  });

  it("says what to do about a key without money, and goes on", async () => {
    const finished = await run([], { PARITY_PRIVATE_KEY: generatePrivateKey() });
    assert.deepEqual([finished.code, checkOf(finished, "key")?.code], [1, "INSUFFICIENT_FUNDS"]);
    assert.equal(checkOf(finished, "store")?.isOk, true);
  });

  it("says which engine does not answer, and goes on", async () => {
    const finished = await run([], { DOCKER_HOST: "unix:///nowhere.sock" });
    assert.deepEqual([finished.code, checkOf(finished, "engine")?.code, checkOf(finished, "chain")?.isOk], [1, "ENGINE_UNREACHABLE", true]);
  });

  it("ends with the chain where there is none: what follows would say the same", async () => {
    const finished = await run(["--rpc-url", "http://127.0.0.1:1", "--escrow", local.network.escrow]);
    assert.deepEqual([finished.code, finished.records.at(-1)?.check, checkOf(finished, "chain")?.code], [1, "chain", "RPC_UNREACHABLE"]);
  });

  it("notices a clock that differs from a public chain's", async () => {
    const block = (timestamp: number) => ({ number: "0x1", timestamp: `0x${timestamp.toString(16)}` });
    let seconds = 0;
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { id, method } = JSON.parse(Buffer.concat(chunks).toString()) as { id: number; method: string };
        const result = method === "eth_chainId" ? "0x1" : method === "eth_getBlockByNumber" ? block(seconds) : "0x";
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ jsonrpc: "2.0", id, result }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const rpcUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const offset of [-3_600, 3_600]) {
      seconds = Math.floor(Date.now() / 1_000) + offset;
      assert.equal(checkOf(await run(["--rpc-url", rpcUrl, "--escrow", local.network.escrow]), "clock")?.code, "CLOCK_OFF");
    }
    server.close();
  });
});
