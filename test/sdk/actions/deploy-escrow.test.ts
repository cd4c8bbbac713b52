import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  type Address,
  buildMerkleList,
  canonicalFactory,
  checkDeployment,
  create2Deployer,
  deployEscrow,
  deployMerkleGate,
  escrowAddressOf,
  getEscrow,
  type Hex,
  isParityError,
  planDeployment,
  zeroAddress,
} from "@parity-protocol/sdk";
import { parseEther, recoverTransactionAddress } from "viem";
import { getCode, getTransactionCount } from "viem/actions";
import { type EscrowChain, startEscrowChain } from "../../support/escrow-chain.ts";

const isCode = (code: Parameters<typeof isParityError>[1]) => (error: unknown) => isParityError(error, code as never);

const docs = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");

/** The transaction that docs/protocol.md gives for chains without the CREATE2 deployer; nobody knows its sender's key. */
const signedDeployer = (/```\n(0xf8a5[0-9a-f\s]+)```/.exec(docs)?.[1] ?? "").replace(/\s/g, "") as Hex;

/** Puts the CREATE2 deployer on a chain as its documentation says. */
async function putCreate2Deployer({ request }: EscrowChain): Promise<void> {
  const send = request as (call: { method: string; params: unknown[] }) => Promise<unknown>;
  const from = await recoverTransactionAddress({ serializedTransaction: signedDeployer as never });
  assert.ok(docs.includes(`\`${from}\``), "the documentation funds the right address");
  await send({ method: "hardhat_setBalance", params: [from, `0x${parseEther("0.01").toString(16)}`] });
  await send({ method: "hardhat_setNextBlockBaseFeePerGas", params: ["0x1"] });
  await send({ method: "eth_sendRawTransaction", params: [signedDeployer] });
}

describe("deployEscrow", () => {
  let chain: EscrowChain;
  const setCode = (address: Address, code: Hex) =>
    (chain.request as (call: { method: string; params: unknown[] }) => Promise<unknown>)({
      method: "hardhat_setCode",
      params: [address, code],
    });

  beforeEach(async () => {
    chain = await startEscrowChain();
  });

  describe("given a chain without the CREATE2 deployer", () => {
    beforeEach(() => setCode(create2Deployer, "0x"));

    it("deploys a factory of its own, and says so", async () => {
      const { submitter } = chain;
      const plan = { asset: zeroAddress, hasFactory: false, hasEscrow: false, isCanonical: false };
      assert.deepEqual(await planDeployment(submitter, {}), plan);
      const first = await deployEscrow(submitter, {});
      assert.deepEqual([first.isNew, first.isCanonical], [true, false]);
      assert.notEqual(first.factory.toLowerCase(), canonicalFactory().toLowerCase());
      assert.equal(first.escrow.toLowerCase(), escrowAddressOf({ factory: first.factory, asset: zeroAddress }).toLowerCase());
      assert.equal((await getEscrow(submitter, { escrow: first.escrow })).isNative, true);
    });

    it("finds the escrow of a factory that is named, and sends nothing", async () => {
      const { submitter } = chain;
      const first = await deployEscrow(submitter, {});
      const sent = await getTransactionCount(submitter, { address: submitter.account.address });
      assert.deepEqual(await deployEscrow(submitter, { factory: first.factory }), { ...first, escrow: first.escrow, isNew: false });
      assert.equal(await getTransactionCount(submitter, { address: submitter.account.address }), sent);
    });

    it("refuses a factory that is none", async () => {
      const { submitter, escrow } = chain;
      for (const factory of [escrow, `0x${"99".repeat(20)}`] as const)
        await assert.rejects(deployEscrow(submitter, { factory }), isCode("NOT_A_FACTORY"));
    });
  });

  describe("given the CREATE2 deployer", () => {
    beforeEach(() => putCreate2Deployer(chain));

    it("stands where it stands everywhere, put there by the documented transaction", async () => {
      assert.match((await getCode(chain.submitter, { address: create2Deployer })) ?? "", /^0x7fffff.*6014600cf3$/);
    });

    it("deploys the factory and the escrow where it said that it would, whoever sends", async () => {
      const other = chain.runners[3] as EscrowChain["submitter"];
      const plan = await planDeployment(other, {});
      assert.deepEqual([plan.factory, plan.hasFactory, plan.hasEscrow, plan.isCanonical], [canonicalFactory(), false, false, true]);
      const deployed = await deployEscrow(other, {});
      assert.deepEqual([deployed.isNew, deployed.isCanonical], [true, true]);
      assert.equal(deployed.factory, canonicalFactory());
      assert.equal(deployed.escrow.toLowerCase(), plan.escrow?.toLowerCase());
    });

    it("finds them again without being told where, and sends nothing", async () => {
      const { submitter } = chain;
      const other = chain.runners[3] as EscrowChain["submitter"];
      const first = await deployEscrow(submitter, {});
      assert.deepEqual(await deployEscrow(other, {}), { ...first, isNew: false });
      assert.equal(await getTransactionCount(submitter, { address: other.account.address }), 0);
    });
  });

  it("refuses an asset that is no contract", () =>
    assert.rejects(deployEscrow(chain.submitter, { asset: `0x${"99".repeat(20)}` }), isCode("ASSET_HAS_NO_CODE")));

  describe("checkDeployment", () => {
    it("says yes to a deployment of this version, also with a gate", async () => {
      const { submitter } = chain;
      const { factory, escrow } = await deployEscrow(submitter, {});
      const list = buildMerkleList([{ runner: submitter.account.address }]);
      const { address: gate } = await deployMerkleGate(submitter, list);
      const checked = await checkDeployment(submitter, { factory, escrow, gate });
      assert.deepEqual(
        checked.contracts.map(({ role, contract, isKnownCode }) => [role, contract, isKnownCode]),
        [
          ["factory", "TaskEscrowFactory", true],
          ["escrow", "TaskEscrow", true],
          ["gate", "MerkleGate", true],
        ],
      );
      assert.deepEqual([checked.isOfFactory, checked.isThisVersion], [true, true]);
    });

    it("says no to an escrow of another factory", async () => {
      const { factory } = await deployEscrow(chain.submitter, {});
      const checked = await checkDeployment(chain.submitter, { factory, escrow: chain.escrow });
      assert.deepEqual([checked.isOfFactory, checked.isThisVersion], [false, false]);
    });

    it("says no to code that differs in one byte, and to none at all", async () => {
      const { submitter } = chain;
      const { escrow } = await deployEscrow(submitter, {});
      const code = await getCode(submitter, { address: escrow });
      assert.ok(code);
      assert.equal((await checkDeployment(submitter, { escrow })).isThisVersion, true);
      const last = code.endsWith("00") ? "01" : "00";
      await setCode(escrow, `${code.slice(0, -2)}${last}` as Hex);
      assert.deepEqual(await checkDeployment(submitter, { escrow }), {
        contracts: [{ role: "escrow", address: escrow, hasCode: true, isKnownCode: false }],
        isThisVersion: false,
      });
      await setCode(escrow, "0x");
      assert.deepEqual((await checkDeployment(submitter, { escrow })).contracts[0]?.hasCode, false);
    });

    it("says no to a gate that is a contract of another kind", async () => {
      const { submitter } = chain;
      const { escrow, factory } = await deployEscrow(submitter, {});
      assert.equal((await checkDeployment(submitter, { escrow, gate: factory })).isThisVersion, false);
    });
  });
});
