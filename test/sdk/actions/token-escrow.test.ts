import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  type Address,
  claimPayout,
  deployEscrow,
  getEscrow,
  type Hex,
  isParityError,
  type PostTaskParameters,
  postTask,
  reclaimBounty,
  signPermit,
} from "@parity-protocol/sdk";
import { type Abi, erc20Abi, parseAbi } from "viem";
import { deployContract, readContract, waitForTransactionReceipt, writeContract } from "viem/actions";
import { actionsOf, type EscrowChain, openingOf, type SendingClient, startEscrowChain } from "../../support/escrow-chain.ts";

const artifact = JSON.parse(
  readFileSync(new URL("../../../artifacts/contracts/mocks/Tokens.sol/PlainToken.json", import.meta.url), "utf8"),
) as { abi: Abi; bytecode: Hex };

const mintAbi = parseAbi(["function mint(address to, uint256 amount)"]);

describe("an escrow of a token", () => {
  let chain: EscrowChain;
  let token: Address;
  let escrow: Address;

  before(async () => {
    const native = await startEscrowChain();
    const { submitter } = native;
    const deploying = await deployContract(submitter, { ...artifact, args: [] });
    token = (await waitForTransactionReceipt(submitter, { hash: deploying })).contractAddress as Address;
    escrow = (await deployEscrow(submitter, { asset: token })).escrow;
    chain = { ...native, escrow };
    for (const client of [submitter, ...native.runners.slice(0, 3)]) {
      const args = [client.account.address, 10_000_000n] as const;
      await writeContract(submitter, { address: token, abi: mintAbi, functionName: "mint", args });
    }
  });

  const approve = async (owner: SendingClient, amount: bigint) =>
    writeContract(owner, { address: token, abi: erc20Abi, functionName: "approve", args: [escrow, amount] });
  const balanceOf = (address: Address) =>
    readContract(chain.submitter, { address: token, abi: erc20Abi, functionName: "balanceOf", args: [address] });
  const post = async (change: Partial<PostTaskParameters> = {}) => {
    const { store, submitter } = chain;
    const terms = await chain.terms({ bountyWei: 3_000_000n, bondWei: 10n });
    return postTask(submitter, { escrow, terms, location: "", sources: [store], ...change });
  };

  it("tells its asset", async () => {
    const { asset, isNative, isKnownCode } = await getEscrow(chain.submitter, { escrow });
    assert.deepEqual([asset.toLowerCase(), isNative, isKnownCode], [token.toLowerCase(), false, true]);
  });

  it("refuses a bounty that the escrow may not take, or that is not there", async () => {
    await assert.rejects(post(), (error) => isParityError(error, "ALLOWANCE_TOO_LOW"));
    const terms = await chain.terms({ bountyWei: 10n ** 12n });
    await assert.rejects(post({ terms }), (error) => isParityError(error, "INSUFFICIENT_FUNDS"));
  });

  it("takes bounty and bonds by allowance, and pays in the token", async () => {
    const [first, second, third] = chain.runners as [SendingClient, SendingClient, SendingClient];
    await approve(chain.submitter, 3_000_000n);
    const task = await post();
    const { reserve, commit, reveal } = actionsOf(chain, task);
    await assert.rejects(reserve(first), (error) => isParityError(error, "ALLOWANCE_TOO_LOW"));
    for (const runner of [first, second, third]) await approve(runner, 10n);
    await reserve(first);
    for (const runner of [first, second, third]) await commit(runner, openingOf(runner));
    for (const runner of [first, second, third]) await reveal(runner, openingOf(runner));
    for (const runner of [first, second, third]) await claimPayout(runner, { escrow, task: task.key, opening: openingOf(runner) });
    assert.equal((await reclaimBounty(chain.submitter, { escrow, task: task.key })).amountWei, 0n);
    assert.equal(await balanceOf(first.account.address), 10_000_000n + 1_000_000n);
    assert.equal(await balanceOf(escrow), 0n);
  });

  it("takes a permit instead of an allowance", async () => {
    const before = await balanceOf(escrow);
    const terms = await chain.terms({ bountyWei: 3_000n });
    const permit = await signPermit(chain.submitter, { escrow, amountWei: 3_000n, deadline: BigInt(terms.commitDeadline) });
    await post({ terms, permit });
    assert.equal((await balanceOf(escrow)) - before, 3_000n);
  });
});

describe("signPermit", () => {
  it("refuses an escrow of the native currency", async () => {
    const { submitter, escrow } = await startEscrowChain();
    const signing = signPermit(submitter, { escrow, amountWei: 1n, deadline: 2_000_000_000n });
    await assert.rejects(signing, (error) => isParityError(error, "ASSET_HAS_NO_PERMIT"));
  });
});
