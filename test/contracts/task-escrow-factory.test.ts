import assert from "node:assert/strict";
import { type Address, zeroAddress } from "viem";
import { type Chain, openChain } from "./support/chain.ts";
import { eventsOf, refused } from "./support/world.ts";

describe("createEscrow", () => {
  let chain: Chain;
  let factory: Awaited<ReturnType<Chain["deploy"]>>;
  let token: Address;
  before(async () => {
    chain = await openChain();
    factory = await chain.deploy("TaskEscrowFactory");
    token = (await chain.deploy("mocks/Tokens:PlainToken")).address;
  });
  after(() => chain.close());

  const create = (asset: Address, from = 1) =>
    chain.send({ from: chain.accounts[from] as Address, to: factory.address, abi: factory.abi, fn: "createEscrow", args: [asset] });
  const read = (fn: string, asset: Address) => chain.read({ to: factory.address, abi: factory.abi, fn, args: [asset] });

  it("refuses an asset without code", async () => {
    const asset = chain.accounts[5] as Address;
    await refused(create(asset), "AssetHasNoCode", [asset]);
  });

  it("creates one escrow an asset, for anyone, where it said it would, and tells it", async () => {
    const escrows = [];
    for (const asset of [zeroAddress, token]) {
      const predicted = (await read("predictEscrow", asset)) as Address;
      assert.equal(await read("escrowOf", asset), zeroAddress);
      const receipt = await create(asset);
      assert.deepEqual(eventsOf(receipt, "EscrowCreated"), [{ asset, escrow: predicted }]);
      assert.equal(await read("escrowOf", asset), predicted);
      const { abi } = await chain.deploy("TaskEscrow", [zeroAddress]);
      assert.equal(await chain.read({ to: predicted, abi, fn: "asset" }), asset);
      await refused(create(asset, 2), "EscrowExists", [asset, predicted]);
      escrows.push(predicted);
    }
    assert.notEqual(escrows[0], escrows[1]);
  });
});
