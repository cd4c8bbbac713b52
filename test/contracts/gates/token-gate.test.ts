import assert from "node:assert/strict";
import { type Address, encodeAbiParameters, type Hex, keccak256, zeroHash } from "viem";
import { identityOf } from "../support/protocol.ts";
import { openWorld, refused, type World } from "../support/world.ts";

describe("TokenGate", () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.chain.close());

  const runner = (i: number) => world.runners[i] as Address;
  const tokenIdProof = (tokenId: bigint): Hex => encodeAbiParameters([{ type: "uint256" }], [tokenId]);
  const newGate = async (token: Address, minimum: bigint) => (await world.chain.deploy("gates/TokenGate", [token, minimum])).address;

  it("refuses to be built on an address without code", () => refused(newGate(runner(0), 1n), "TokenHasNoCode", [runner(0)]));

  describe("given an ERC-721", () => {
    it("admits the holder of a token, as one identity a token, whoever holds it (I10)", async () => {
      const token = await world.chain.deploy("mocks/Tokens:PlainCollectible");
      const call = { to: token.address, abi: token.abi };
      for (const [i, id] of [0n, 1n].entries()) await world.chain.send({ ...call, from: runner(0), fn: "mint", args: [runner(i), id] });
      const gate = await newGate(token.address, 0n);
      const task = await world.post({ gate, slots: 5 });
      await refused(world.reserve(task, runner(0), tokenIdProof(1n)), "RunnerNotAdmitted", [gate, runner(0)]);
      await refused(world.reserve(task, runner(0), tokenIdProof(7n)), "RunnerNotAdmitted", [gate, runner(0)]);
      await refused(world.reserve(task, runner(0), "0x"), "RunnerNotAdmitted", [gate, runner(0)]);
      await world.reserve(task, runner(0), tokenIdProof(0n));
      const identity = keccak256(encodeAbiParameters([{ type: "address" }, { type: "uint256" }], [token.address, 0n]));
      assert.equal((await world.slotOf(task, identity)).number, 1);
      await world.chain.send({ ...call, from: runner(0), fn: "transferFrom", args: [runner(0), runner(2), 0n] });
      await refused(world.reserve(task, runner(2), tokenIdProof(0n)), "SlotAlreadyTaken", [identity]);
    });
  });

  describe("given an ERC-20", () => {
    it("admits who holds at least the minimum, as one identity an address", async () => {
      const token = await world.chain.deploy("mocks/Tokens:PlainToken");
      const gate = await newGate(token.address, 100n);
      const mint = (to: Address, amount: bigint) =>
        world.chain.send({ from: to, to: token.address, abi: token.abi, fn: "mint", args: [to, amount] });
      await mint(runner(0), 100n);
      await mint(runner(1), 99n);
      const task = await world.post({ gate, slots: 5 });
      await world.reserve(task, runner(0));
      assert.equal((await world.slotOf(task, identityOf(runner(0)))).number, 1);
      await refused(world.reserve(task, runner(1)), "RunnerNotAdmitted", [gate, runner(1)]);
      assert.equal((await world.slotOf(task, zeroHash)).number, 0);
    });
  });
});
