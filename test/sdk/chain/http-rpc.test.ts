import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getTaskState, isParityError, listTasks, reclaimBounty, redactUrl } from "@parity-protocol/sdk";
import { network } from "hardhat";
import { createClient, http } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";
import { deployEscrowOf, type SendingClient } from "../../support/escrow-chain.ts";

const account = mnemonicToAccount("test test test test test test test test test test test junk");
const clientOf = (url: string): SendingClient => createClient({ account, chain: hardhat, transport: http(url, { retryCount: 0 }) });
const taskId = `0x${"12".repeat(32)}` as const;

describe("an RPC over HTTP", () => {
  const servers: Server[] = [];
  after(() => {
    for (const server of servers) server.close();
  });

  /** Serves one answer to every request, and returns the RPC's URL with a key in it. */
  async function rpcThatAnswers(status: number, body: string): Promise<string> {
    const server = createServer((_, response) => response.writeHead(status, { "content-type": "application/json" }).end(body));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v3/secret?key=secret`;
  }

  it("gives the contract's reasons with their values", async () => {
    const { address, port, close } = await startNode();
    try {
      const client = clientOf(`http://${address}:${port}`);
      const escrow = await deployEscrowOf(client, "0x0000000000000000000000000000000000000000");
      const task = { submitter: account.address, termsHash: taskId };
      await assert.rejects(reclaimBounty(client, { escrow, task }), (error) => {
        assert.ok(isParityError(error, "TASK_NOT_CLOSED"), String(error));
        assert.deepEqual(error.details, { actual: "NONE" });
        return true;
      });
      assert.deepEqual(await listTasks(client, { escrow, fromBlock: 0n }), []);
      await assert.rejects(getTaskState(client, { escrow: account.address, taskId }), (error) => isParityError(error, "NO_CODE_AT_ESCROW"));
    } finally {
      await close();
    }
  });

  for (const [name, status, body, code] of [
    ["asks to slow down", 429, "", "RPC_UNREACHABLE"],
    ["is broken", 500, "<html>", "RPC_UNREACHABLE"],
    ["answers no JSON", 200, "<html>", "RPC_UNREACHABLE"],
    ["does not know the method", 200, '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method"}}', "RPC_FAILED"],
  ] as const)
    it(`is reported when it ${name}, without its key`, async () => {
      const url = await rpcThatAnswers(status, body);
      await assert.rejects(getTaskState(clientOf(url), { escrow: account.address, taskId }), (error) => {
        assert.ok(isParityError(error, code), String(error));
        const causes = [];
        for (let at: unknown = error; at instanceof Error; at = at.cause) causes.push(at.message, at.stack);
        assert.doesNotMatch(JSON.stringify([error, causes]), /secret/);
        assert.ok(error.message.includes(redactUrl(url)));
        return true;
      });
    });

  it("is reported when nothing listens", async () => {
    const url = await rpcThatAnswers(200, "");
    await new Promise((resolve) => servers.at(-1)?.close(resolve));
    await assert.rejects(getTaskState(clientOf(url), { escrow: account.address, taskId }), (error) =>
      isParityError(error, "RPC_UNREACHABLE"),
    );
  });
});

/** Starts Hardhat's node on a free port. */
async function startNode() {
  const server = await network.createServer({}, "127.0.0.1", 0);
  const { address, port } = await server.listen();
  return { address, port, close: () => server.close() };
}
