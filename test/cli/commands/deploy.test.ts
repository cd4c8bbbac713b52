import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { canonicalFactory, create2Deployer, escrowAddressOf, zeroAddress } from "@parity-protocol/sdk";
import { generatePrivateKey } from "viem/accounts";
import type { LocalNetwork } from "../../../cli/local-network/start-local-network.ts";
import { networkFileIn } from "../../../cli/network/network-file.ts";
import { startQuietNetwork } from "../support/local-network.ts";
import { parity, temporaryFolder } from "../support/parity.ts";

/** What the documented transaction leaves at the CREATE2 deployer's address. */
const create2DeployerCode =
  "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3";

describe("parity deploy", () => {
  const folder = temporaryFolder();
  let local: LocalNetwork;
  const folders: ReturnType<typeof temporaryFolder>[] = [];
  const chain = (method: string, ...params: unknown[]) => local.connection.client.request({ method, params } as never);

  before(async () => {
    local = await startQuietNetwork(folder.path);
  });
  after(async () => {
    await local.stop();
    for (const made of [folder, ...folders]) made.remove();
  });

  /** A folder without a network file above it, and what runs `parity deploy` there. */
  function newFolder() {
    const made = temporaryFolder();
    folders.push(made);
    const cwd = made.path;
    const env = { PARITY_RPC_URL: local.network.rpcUrl };
    return {
      file: networkFileIn(cwd),
      network: () => JSON.parse(readFileSync(networkFileIn(cwd), "utf8")) as Record<string, unknown>,
      deploy: (...args: string[]) => parity(["deploy", ...args], { cwd, env: { ...env, PARITY_PRIVATE_KEY: local.network.submitterKey } }),
      deployWithoutKey: (...args: string[]) => parity(["deploy", ...args], { cwd, env }),
    };
  }

  describe("given a chain without the CREATE2 deployer", () => {
    before(() => chain("hardhat_setCode", create2Deployer, "0x"));

    it("deploys at addresses of this chain alone, notes them, and finds them again by the note", async () => {
      const { deploy, deployWithoutKey, network } = newFolder();
      const first = await deploy("--store-url", "http://127.0.0.1:9");
      assert.equal(first.code, 0, first.stderr);
      const deployed = first.records.find((record) => record.event === "deployed");
      assert.deepEqual([deployed?.isNew, deployed?.isCanonical], [true, false]);
      const { factory, escrow, chainId, storeUrl } = network();
      assert.deepEqual([factory, escrow, chainId, storeUrl], [deployed?.factory, deployed?.escrow, 31_337, "http://127.0.0.1:9"]);
      const again = await deployWithoutKey();
      assert.deepEqual([again.code, again.records[0]?.escrow, again.records[0]?.isNew], [0, escrow, false]);
      assert.equal(network().storeUrl, "http://127.0.0.1:9");
    });
  });

  describe("given the CREATE2 deployer", () => {
    before(() => chain("hardhat_setCode", create2Deployer, create2DeployerCode));

    it("deploys at the addresses of every chain, and finds them from anywhere", async () => {
      const first = newFolder();
      const deployed = await first.deploy();
      assert.equal(deployed.code, 0, deployed.stderr);
      const factory = canonicalFactory();
      assert.equal(first.network().factory, factory);
      assert.equal(String(first.network().escrow).toLowerCase(), escrowAddressOf({ factory, asset: zeroAddress }).toLowerCase());
      const second = newFolder();
      const found = await second.deployWithoutKey();
      assert.deepEqual([found.code, found.records[0]?.isNew], [0, false], found.stderr);
      assert.deepEqual(second.network(), first.network());
    });

    it("asks for a key where there is something to send", async () => {
      const { deployWithoutKey } = newFolder();
      await chain("hardhat_setCode", create2Deployer, "0x");
      await chain("hardhat_setCode", canonicalFactory(), "0x");
      assert.equal((await deployWithoutKey()).error?.code, "KEY_MISSING");
    });
  });

  it("does not overwrite the file of another network", async () => {
    const { deploy, file } = newFolder();
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ ...local.network, chainId: 1, submitterKey: undefined, rpcUrl: "http://127.0.0.1:1" }));
    const before = readFileSync(file, "utf8");
    const { code, error } = await deploy();
    assert.deepEqual([code, error?.code], [1, "FILE_EXISTS"]);
    assert.equal(readFileSync(file, "utf8"), before);
  });

  it("refuses a factory that is none", async () => {
    const { deploy } = newFolder();
    assert.equal((await deploy("--factory", local.network.escrow)).error?.code, "NOT_A_FACTORY");
  });

  describe("--check", () => {
    const check = (...args: string[]) => parity(["deploy", "--check", ...args], { cwd: folder.path, env: {} });

    it("says yes to the local network: factory, escrow and gate", async () => {
      const { code, records } = await check();
      assert.equal(code, 0);
      const { isThisVersion, contracts } = records[0] as { isThisVersion: boolean; contracts: { role: string; isKnownCode: boolean }[] };
      assert.equal(isThisVersion, true);
      assert.deepEqual(
        contracts.map(({ role, isKnownCode }) => [role, isKnownCode]),
        [
          ["factory", true],
          ["escrow", true],
          ["gate", true],
        ],
      );
    });

    it("answers no with 2 where the code is another's, or none", async () => {
      for (const escrow of [local.network.gate, `0x${"99".repeat(20)}`]) {
        const { code, records } = await check("--escrow", escrow);
        assert.deepEqual([code, records[0]?.isThisVersion], [2, false], escrow);
      }
    });

    it("tries again later when the RPC is down", async () => {
      const { code, error } = await parity(["deploy", "--check", "--escrow", local.network.escrow, "--rpc-url", "http://127.0.0.1:1"], {
        cwd: folder.path,
        env: { PARITY_PRIVATE_KEY: generatePrivateKey() },
      });
      assert.deepEqual([code, error?.code], [75, "RPC_UNREACHABLE"]);
    });
  });
});
