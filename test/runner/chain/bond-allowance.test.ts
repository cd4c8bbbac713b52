import assert from "node:assert/strict";
import { type Address, deployEscrow, zeroAddress } from "@parity-protocol/sdk";
import { createClient, custom, erc20Abi, type PrivateKeyAccount, toHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { getTransactionCount, readContract } from "viem/actions";
import { allowBonds } from "../../../runner/chain/bond-allowance.ts";
import { type EscrowChain, startEscrowChain } from "../../support/escrow-chain.ts";
import { deployMock } from "../../support/mocks.ts";

describe("allowBonds", () => {
  let chain: EscrowChain;
  let account: PrivateKeyAccount;
  let asset: Address;
  let escrow: Address;
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

  before(async () => {
    chain = await startEscrowChain();
    account = privateKeyToAccount(generatePrivateKey());
    await chain.request({ method: "hardhat_setBalance", params: [account.address, toHex(10n ** 18n)] } as never);
    asset = (await deployMock(chain.submitter, "Tokens:PlainToken")).address;
    escrow = (await deployEscrow(chain.submitter, { asset })).escrow;
  });

  const client = () => createClient({ transport: custom({ request: chain.request }), pollingInterval: 10 });
  const allow = (allowanceWei?: bigint, of: Address = asset) =>
    allowBonds({ client: client(), account, escrow, asset: of, log, ...(allowanceWei === undefined ? {} : { allowanceWei }) });
  const allowed = () =>
    readContract(chain.submitter, { address: asset, abi: erc20Abi, functionName: "allowance", args: [account.address, escrow] });
  const sent = () => getTransactionCount(chain.submitter, { address: account.address });

  it("leaves the allowance alone where the operator chose none, and where the asset is the chain's own", async () => {
    await allow();
    await allow(5n, zeroAddress);
    assert.deepEqual([await allowed(), await sent()], [0n, 0]);
  });

  it("allows what the operator chose, once, and no more when it is less the next time", async () => {
    await allow(500n);
    await allow(500n);
    assert.deepEqual([await allowed(), await sent()], [500n, 1]);
    await allow(20n);
    assert.deepEqual([await allowed(), await sent()], [20n, 2]);
  });
});
