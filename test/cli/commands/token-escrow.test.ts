import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Address, Hex } from "@parity-protocol/sdk";
import { erc20Abi, getAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { readContract } from "viem/actions";
import type { LocalNetwork } from "../../../cli/local-network/start-local-network.ts";
import { sendAs } from "../../../cli/network/connect.ts";
import type { SendingClient } from "../../support/escrow-chain.ts";
import { deployMock, type Mock, mint } from "../../support/mocks.ts";
import { startQuietNetwork } from "../support/local-network.ts";
import { parity, startParity, temporaryFolder } from "../support/parity.ts";
import { writeStaticJob } from "../support/static-job.ts";

const ONE = 10n ** 18n;

describe("an escrow of a token, from the command line", function () {
  this.timeout(180_000);
  const folder = temporaryFolder();
  let local: LocalNetwork;
  let submitter: SendingClient;

  before(async () => {
    local = await startQuietNetwork(folder.path);
    submitter = sendAs(local.connection, privateKeyToAccount(local.network.submitterKey)) as SendingClient;
    writeStaticJob(folder.path);
  });
  after(async () => {
    await local.stop();
    folder.remove();
  });

  const run = (...args: string[]) => parity(args, { cwd: folder.path });
  const balanceOf = (token: Address, address: Address) =>
    readContract(submitter, { address: token, abi: erc20Abi, functionName: "balanceOf", args: [address] });

  /** Deploys a token's escrow with `parity deploy`, and writes a network file with the local store beside it. */
  async function deployFor(token: Mock, name: string): Promise<{ escrow: Address; file: string }> {
    const file = path.join(folder.path, name);
    const deployed = await run("deploy", "--asset", token.address, "--network", file, "--rpc-url", local.network.rpcUrl);
    assert.equal(deployed.code, 0, deployed.stderr);
    const noted = JSON.parse(readFileSync(file, "utf8")) as { escrow: Address };
    const { storeUrl, storeToken, submitterKey, gate } = local.network;
    writeFileSync(file, JSON.stringify({ ...noted, storeUrl, storeToken, submitterKey, gate }));
    return { escrow: noted.escrow, file };
  }

  /** Starts a real runner of an escrow; it is paid to an address of its own. */
  async function startRunner(escrow: Address): Promise<{ payee: Address; stop: () => Promise<unknown> }> {
    const [key, payee] = [generatePrivateKey(), privateKeyToAccount(generatePrivateKey()).address];
    const params = [privateKeyToAccount(key).address, "0xde0b6b3a7640000"];
    await local.connection.client.request({ method: "hardhat_setBalance", params } as never);
    const { rpcUrl, storeUrl, storeToken } = local.network;
    const env = {
      RUNNER_PRIVATE_KEY: key,
      RUNNER_RPC_URL: rpcUrl,
      RUNNER_ESCROW: escrow,
      RUNNER_STORE_URLS: storeUrl,
      RUNNER_STORE_TOKEN: storeToken,
      RUNNER_DIRECTORY: path.join(folder.path, "runner"),
      RUNNER_PAYEE: payee,
      RUNNER_ALLOW_OPEN_TASKS: "true",
    };
    const runner = startParity(["runner", "start"], { cwd: folder.path, env });
    const isReady = (text: string) => text.includes("Runner started");
    await new Promise<void>((resolve) => runner.child.stderr.on("data", (text: string) => isReady(text) && resolve()));
    const stop = () => {
      runner.child.kill("SIGTERM");
      return runner.finished;
    };
    return { payee, stop };
  }

  it("runs a job for five tokens, by a permit, and pays the runner in the token", async () => {
    const token = await deployMock(submitter, "Tokens:PlainToken");
    await mint(submitter, token, [submitter.account.address, 12n * ONE]);
    const { escrow, file } = await deployFor(token, "plain.json");
    const runner = await startRunner(escrow);
    after(runner.stop);
    const terms = ["--bounty", "5plain", "--slots", "1", "--gate", "none", "--reveal-window", "30s"];
    const finished = await run("run", "job.json", "--network", file, ...terms, "--out", "answer");
    assert.equal(finished.code, 0, finished.stderr);
    const offer = finished.records.find((record) => record.event === "offer");
    assert.deepEqual([offer?.bountyWei, offer?.symbol, offer?.token], [String(5n * ONE), "PLAIN", getAddress(token.address)]);
    const taskId = finished.records.find((record) => record.event === "posted")?.taskId as Hex;
    await run("claim", taskId, "--all", "--network", file);
    assert.equal(await balanceOf(token.address, runner.payee), 5n * ONE);
  });

  it("approves the bounty where the token has neither permits nor a symbol, and reclaims it when nobody answered", async () => {
    const token = await deployMock(submitter, "HostileTokens:SilentToken");
    await mint(submitter, token, [submitter.account.address, 100n * ONE]);
    const { file } = await deployFor(token, "without-permit.json");
    const terms = ["--bounty", `${7n * ONE}units`, "--gate", "none", "--commit-within", "1h"];
    const posted = await run("post", "job.json", "--network", file, ...terms);
    assert.equal(posted.code, 0, posted.stderr);
    assert.deepEqual(
      posted.records.map((record) => record.event),
      ["checked", "offer", "uploaded", "approved", "posting", "posted"],
    );
    const before = await balanceOf(token.address, submitter.account.address);
    for (const [method, ...params] of [["evm_increaseTime", 3_700], ["evm_mine"]])
      await local.connection.client.request({ method, params } as never);
    const reclaimed = await run("reclaim", "latest", "--network", file);
    assert.equal(reclaimed.code, 0, reclaimed.stderr);
    assert.equal((await balanceOf(token.address, submitter.account.address)) - before, 7n * ONE);
  });

  it("refuses an amount of another currency, and more than there is, before anything is packed", async () => {
    const token = await deployMock(submitter, "Tokens:PlainToken");
    const { file } = await deployFor(token, "poor.json");
    const codeOf = async (bounty: string) =>
      (await run("post", "job.json", "--network", file, "--gate", "none", "--bounty", bounty)).error?.code;
    assert.deepEqual(
      [await codeOf("0.01eth"), await codeOf("5"), await codeOf("5plain")],
      ["AMOUNT_INVALID", "AMOUNT_INVALID", "INSUFFICIENT_FUNDS"],
    );
  });

  it("asks for a bounty even on a local chain: a token has no usual one", async () => {
    const token = await deployMock(submitter, "Tokens:PlainToken");
    const { file } = await deployFor(token, "unsaid.json");
    assert.equal((await run("post", "job.json", "--network", file, "--gate", "none")).error?.code, "USAGE_INVALID");
  });
});
