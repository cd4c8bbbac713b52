import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Artifact, DeploymentParameters, DeploymentResult, IgnitionModule } from "@nomicfoundation/ignition-core";
import { DeploymentResultType, deploy } from "@nomicfoundation/ignition-core";
import {
  type Address,
  buildMerkleList,
  canonicalFactory,
  checkDeployment,
  create2Deployer,
  deployEscrow,
  getGate,
  planDeployment,
} from "@parity-protocol/sdk";
import hardhat from "hardhat";
import merkleGate from "../../ignition/modules/merkle-gate.ts";
import parityProtocol from "../../ignition/modules/parity-protocol.ts";
import ownAddress from "../../ignition/modules/parity-protocol-own-address.ts";
import { type EscrowChain, startEscrowChain } from "../support/escrow-chain.ts";

const paths: Readonly<Record<string, string>> = {
  MerkleGate: "gates/MerkleGate.sol/MerkleGate",
  TaskEscrow: "TaskEscrow.sol/TaskEscrow",
  TaskEscrowFactory: "TaskEscrowFactory.sol/TaskEscrowFactory",
};

/** Reads what the compiler made, as Hardhat's own resolver does. */
const artifactResolver = {
  loadArtifact: async (name: string) =>
    JSON.parse(readFileSync(new URL(`../../artifacts/contracts/${paths[name]}.json`, import.meta.url), "utf8")) as Artifact,
  getBuildInfo: async () => undefined,
};

/** What the documented transaction leaves at the CREATE2 deployer's address. */
const create2DeployerCode =
  "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3";

describe("the Ignition modules", () => {
  let chain: EscrowChain;
  const request = (method: string, ...params: unknown[]) => chain.request({ method, params } as never) as Promise<unknown>;

  beforeEach(async () => {
    chain = await startEscrowChain();
  });

  async function deployModule(ignitionModule: IgnitionModule, deploymentParameters: DeploymentParameters = {}): Promise<DeploymentResult> {
    return deploy({
      config: { blockPollingInterval: 10, requiredConfirmations: 1 },
      artifactResolver,
      provider: { request: ({ method, params }) => request(method, ...((params as unknown[] | undefined) ?? [])) },
      ignitionModule,
      deploymentParameters,
      accounts: (await request("eth_accounts")) as string[],
    });
  }

  async function addressesOf(ignitionModule: IgnitionModule, parameters: DeploymentParameters = {}): Promise<Record<string, Address>> {
    const result = await deployModule(ignitionModule, parameters);
    if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT) return assert.fail(JSON.stringify(result));
    return Object.fromEntries(Object.entries(result.contracts).map(([id, { address }]) => [id.split("#")[1], address as Address]));
  }

  it("deploy factory and escrow where `parity deploy` finds them, given the CREATE2 deployer", async () => {
    await request("hardhat_setCode", create2Deployer, create2DeployerCode);
    const { TaskEscrowFactory: factory, TaskEscrow: escrow } = await addressesOf(parityProtocol);
    assert.ok(factory && escrow);
    assert.equal(factory, canonicalFactory());
    const checked = await checkDeployment(chain.submitter, { factory, escrow });
    assert.deepEqual([checked.isThisVersion, checked.isCanonical, checked.isOfFactory], [true, true, true]);
    const found = await deployEscrow(chain.submitter, {});
    assert.deepEqual([found.isNew, found.escrow.toLowerCase()], [false, escrow.toLowerCase()]);
  });

  it("deploy nothing that counts where there is no CREATE2 deployer", async () => {
    await request("hardhat_setCode", create2Deployer, "0x");
    const outcome = await deployModule(parityProtocol).then(
      ({ type }) => type,
      () => "threw",
    );
    assert.notEqual(outcome, DeploymentResultType.SUCCESSFUL_DEPLOYMENT);
    assert.equal((await planDeployment(chain.submitter, {})).hasFactory, false);
  });

  it("deploy this version's code at addresses of the chain alone", async () => {
    const { TaskEscrowFactory: factory, TaskEscrow: escrow } = await addressesOf(ownAddress);
    assert.ok(factory && escrow);
    const checked = await checkDeployment(chain.submitter, { factory, escrow });
    assert.deepEqual([checked.isThisVersion, checked.isCanonical], [true, false]);
  });

  it("deploy the gate of a list", async () => {
    const { root, listHash } = buildMerkleList([{ runner: chain.submitter.account.address }]);
    const { MerkleGate: gate } = await addressesOf(merkleGate, { MerkleGate: { root, listHash } });
    assert.ok(gate);
    assert.deepEqual(await getGate(chain.submitter, { gate }), { kind: "merkle", address: gate, root, listHash, isKnownCode: true });
  });

  it("are built with the settings that everything else is built with: they would have other bytecode", () => {
    const { profiles } = hardhat.config.solidity;
    assert.deepEqual(profiles.production, profiles.default);
  });
});
