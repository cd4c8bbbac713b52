import assert from "node:assert/strict";
import { type Address, type Hex, hexToBigInt, hexToNumber, slice } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { answer, type Terms } from "./support/protocol.ts";
import { eventsOf, openWorld, refused, type World } from "./support/world.ts";

const account = privateKeyToAccount(answer("a key of a submitter without an allowance"));

describe("postTaskWithPermit", () => {
  let world: World;
  let terms: Terms;
  before(async () => {
    world = await openWorld({ asset: "token" });
    await world.chain.request("hardhat_impersonateAccount", [account.address]);
    await send(account.address, "mint", [account.address, 10n ** 12n]);
  });
  after(() => world.chain.close());
  beforeEach(async () => {
    terms = await world.termsWith({ bounty: 1000n });
  });

  const send = (from: Address, fn: string, args: unknown[]) =>
    world.chain.send({ from, to: world.asset, abi: (world.token as { abi: typeof world.abi }).abi, fn, args });

  /** A permit for the escrow, as (deadline, v, r, s). */
  async function permitFor(value: bigint): Promise<[bigint, number, Hex, Hex]> {
    const { asset: verifyingContract, escrow: spender, token } = world;
    const nonce = await world.chain.read({ to: verifyingContract, abi: token?.abi ?? [], fn: "nonces", args: [account.address] });
    const deadline = BigInt(await world.chain.now()) + 1000n;
    const fields = ["address owner", "address spender", "uint256 value", "uint256 nonce", "uint256 deadline"];
    const signature = await account.signTypedData({
      domain: { name: "Plain", version: "1", chainId: 31337, verifyingContract },
      types: { Permit: fields.map((field) => ({ type: field.split(" ")[0] as string, name: field.split(" ")[1] as string })) },
      primaryType: "Permit",
      message: { owner: account.address, spender, value, nonce, deadline },
    });
    return [deadline, hexToNumber(slice(signature, 64)), slice(signature, 0, 32), slice(signature, 32, 64)];
  }

  it("takes the bounty by a permit, without an allowance before and after", async () => {
    const permit = await permitFor(1000n);
    const receipt = await world.send(account.address, "postTaskWithPermit", [terms, "", ...permit]);
    assert.equal(eventsOf(receipt, "TaskPosted")[0]?.submitter, account.address);
    assert.equal(await world.balanceOf(world.escrow), 1000n);
    const allowance = await world.chain.read({
      to: world.asset,
      abi: world.token?.abi ?? [],
      fn: "allowance",
      args: [account.address, world.escrow],
    });
    assert.equal(allowance, 0n);
  });

  it("goes through when somebody else sent the permit first", async () => {
    const permit = await permitFor(1000n);
    await send(world.bystander, "permit", [account.address, world.escrow, 1000n, ...permit]);
    await world.send(account.address, "postTaskWithPermit", [terms, "", ...permit]);
  });

  it("is refused by the token where the permit is void and there is no allowance", async () => {
    const [deadline, v, r] = await permitFor(1000n);
    const void_ = [deadline, v, r, answer("s")];
    await refused(world.send(account.address, "postTaskWithPermit", [terms, "", ...void_]), "ERC20InsufficientAllowance");
  });

  it("is refused in an escrow of the native asset", async () => {
    const native = await openWorld();
    try {
      const args = [await native.termsWith(), "", 0n, 27, answer("r"), answer("s")];
      await refused(native.send(native.submitter, "postTaskWithPermit", args), "AssetHasNoPermit");
    } finally {
      await native.chain.close();
    }
  });

  it("is checked like any post", async () => {
    const permit = await permitFor(1000n);
    const spoiled = { ...terms, slots: 0 };
    await refused(world.send(account.address, "postTaskWithPermit", [spoiled, "", ...permit]), "SlotsOutOfRange", [0, 24]);
    assert.equal(hexToBigInt(permit[2]) !== 0n, true);
  });
});
