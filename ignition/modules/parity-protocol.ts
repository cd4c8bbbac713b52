import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { canonicalFactory, create2Deployer, escrowAddressOf, zeroAddress } from "@parity-protocol/sdk";
import { taskEscrowFactoryBytecode } from "@parity-protocol/sdk/contracts";

const salt = "0".repeat(64);

/**
 * Deploys the factory and the escrow of the native currency at the addresses that they have on every chain. The chain must have the
 * CREATE2 deployer; without it, use parity-protocol-own-address.ts. For what is there already, `parity deploy` finds it.
 */
export default buildModule("ParityProtocol", (m) => {
  const creation = m.send("CreateFactory", create2Deployer, 0n, `0x${salt}${taskEscrowFactoryBytecode.slice(2)}`);
  const factory = m.contractAt("TaskEscrowFactory", canonicalFactory(), { after: [creation] });
  const created = m.call(factory, "createEscrow", [zeroAddress]);
  const escrowAddress = escrowAddressOf({ factory: canonicalFactory(), asset: zeroAddress });
  const escrow = m.contractAt("TaskEscrow", escrowAddress, { after: [created] });
  return { factory, escrow };
});
