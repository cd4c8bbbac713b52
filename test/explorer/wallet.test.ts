import assert from "node:assert/strict";
import { deployEscrow, getTask, getTaskState, isReclaimed, listTasks, parseStoreUrl } from "@parity-protocol/sdk";
import { erc20Abi } from "viem";
import { getBalance, readContract, sendTransaction } from "viem/actions";
import type { ServedExplorer } from "../../cli/explorer/serve-explorer.ts";
import type { SendingClient } from "../support/escrow-chain.ts";
import { deployMock, mint } from "../support/mocks.ts";
import { openBrowser, serveFor, type Visit } from "./support/browser.ts";
import { openStage, playLiarAndCopier, type Stage } from "./support/stage.ts";

/**
 * A wallet as a browser extension would put it into the page: it announces itself (EIP-6963) and answers as EIP-1193 asks for. The
 * key is held outside of the page; `parityWallet` is the way to it.
 */
const announceWallet = `(() => {
  const provider = { request: (call) => window.parityWallet(call).then((answer) => {
    if (answer.error) throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
    return answer.result;
  }), on() {}, removeListener() {} };
  const info = { uuid: "6e0a0a2e-6d0c-4c54-9d5f-1d3a2f6f0a11", name: "Test <b>wallet</b>", icon: "data:,", rdns: "test.wallet" };
  const announce = () => window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }));
  window.addEventListener("eip6963:requestProvider", announce);
  announce();
})()`;

interface Call {
  method: string;
  params?: readonly unknown[];
}

describe("posting and reclaiming with a browser wallet", () => {
  let [stage, served, visit]: [Stage, ServedExplorer, Visit] = [] as never;
  /** What the wallet refuses next. */
  let refused: string | undefined;
  let chainId = "0x7a69";

  before(async () => {
    stage = await openStage();
    [served, visit] = await Promise.all([serveFor(stage.local.network), openBrowser()]);
    await visit.page.exposeFunction("parityWallet", walletOf);
    await visit.page.addInitScript({ content: announceWallet });
  });
  after(async () => {
    await visit?.close();
    await served?.close();
    await stage?.stop();
  });
  afterEach(() => assert.deepEqual(visit.complaints, []));

  /** Answers as a wallet whose owner says yes, but for what is `refused`. */
  async function walletOf({ method, params = [] }: Call): Promise<{ result?: unknown; error?: { code: number; message: string } }> {
    const { submitter } = stage;
    if (method === refused) return { error: { code: 4001, message: "User rejected the request." } };
    if (method === "eth_requestAccounts" || method === "eth_accounts") return { result: [submitter.account.address] };
    if (method === "eth_chainId") return { result: chainId };
    if (method === "wallet_switchEthereumChain") return { error: { code: 4902, message: "Unrecognized chain." } };
    if (method !== "eth_sendTransaction") return { result: await stage.chain(method, ...params) };
    const [{ to, data, value = "0x0", gas }] = params as [{ to: `0x${string}`; data: `0x${string}`; value?: string; gas?: string }];
    return { result: await sendTransaction(submitter, { to, data, value: BigInt(value), ...(gas ? { gas: BigInt(gas) } : {}) }) };
  }

  const connect = () => visit.page.getByRole("button", { name: "Connect Test <b>wallet</b>" }).click();

  it("says what the terms cost, and which of them cannot be posted", async () => {
    await visit.page.goto(`${served.url}#/post/${stage.jobHash}`);
    await visit.page.getByText("The spec was hashed here").waitFor();
    await connect();
    await visit.page.getByText("0.01 ETH, and gas").waitFor();
    await visit.page.getByLabel("Quorum").fill("1");
    await visit.page.getByRole("button", { name: "Post the task" }).click();
    await visit.page.getByText("QUORUM_OUT_OF_RANGE").waitFor();
    await visit.page.getByLabel("Bounty, ETH").fill("much");
    await visit.page.getByText("These terms cannot be posted").waitFor();
  });

  it("loses nothing when the wallet's owner declines", async () => {
    await visit.page.getByLabel("Bounty, ETH").fill("0.02");
    await visit.page.getByLabel("Quorum").fill("2");
    await visit.page.getByLabel("Gate").fill(stage.gate);
    refused = "eth_sendTransaction";
    await visit.page.getByRole("button", { name: "Post the task" }).click();
    await visit.page.getByText("TRANSACTION_REFUSED").waitFor();
    refused = undefined;
  });

  it("posts the task that was typed, and leads to its page", async () => {
    await visit.page.getByRole("button", { name: "Post the task" }).click();
    await visit.page.getByRole("link", { name: /Watch task/ }).click();
    await visit.page.getByText("No runner has taken a slot yet").waitFor();
    const taskId = visit.page.url().slice(-66) as `0x${string}`;
    const { client } = stage.local.connection;
    const { escrow, storeUrl } = stage.local.network;
    const { terms, location } = await getTask(client, { escrow, taskId });
    assert.deepEqual(
      [terms.bountyWei, terms.slots, terms.quorum, terms.gate.toLowerCase(), terms.jobHash, location],
      [20_000_000_000_000_000n, 3, 2, stage.gate.toLowerCase(), stage.jobHash, parseStoreUrl(storeUrl)],
    );
  });

  it("reclaims what nobody earned for the submitter", async () => {
    const { taskId } = await playLiarAndCopier(stage);
    const { escrow } = stage.local.network;
    const { client } = stage.local.connection;
    const before = await getBalance(client, { address: escrow });
    await visit.page.goto(`${served.url}#/tasks/${taskId}`);
    await visit.page.getByRole("button", { name: "Reclaim for the submitter" }).click();
    await connect();
    await visit.page.getByRole("button", { name: "Send the reclaim" }).click();
    await visit.page.getByText("What nobody earned went back to the submitter.").waitFor();
    assert.equal(before - (await getBalance(client, { address: escrow })), 2n);
    assert.equal(isReclaimed((await getTaskState(client, { escrow, taskId })).state), true);
  });

  it("lets the escrow of a token take the bounty, in the token's own decimals, and no more", async () => {
    const { client } = stage.local.connection;
    const sender = stage.submitter as unknown as SendingClient;
    const token = await deployMock(sender, "Tokens:PlainToken");
    await mint(sender, token, [stage.submitter.account.address, 10n ** 21n]);
    const { escrow } = await deployEscrow(stage.submitter, { asset: token.address });
    const tokenPage = await serveFor({ ...stage.local.network, escrow });
    try {
      await visit.page.goto(`${tokenPage.url}#/post/${stage.jobHash}`);
      await visit.page.getByLabel("Bounty, PLAIN").fill("5.5");
      await connect();
      await visit.page.getByText("5.5 PLAIN, and gas").waitFor();
      await visit.page.getByRole("button", { name: "Post the task" }).click();
      await visit.page.getByText("The task is posted").waitFor();
      const [task] = await listTasks(client, { escrow, fromBlock: 0n });
      assert.equal(task?.terms.bountyWei, 5_500_000_000_000_000_000n);
      const spender = { address: token.address, abi: erc20Abi, functionName: "allowance" } as const;
      assert.equal(await readContract(client, { ...spender, args: [stage.submitter.account.address, escrow] }), 0n);
    } finally {
      await tokenPage.close();
    }
  });

  it("sends nothing through a wallet that is on another chain and does not change", async () => {
    chainId = "0x1";
    await visit.page.goto(`${served.url}#/post`);
    await visit.page.reload();
    await connect();
    await visit.page.getByText("WRONG_CHAIN").waitFor();
    assert.equal(await visit.page.getByRole("button", { name: "Post the task" }).count(), 0);
  });
});
