import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { zeroAddress } from "@parity-protocol/sdk";

/** Deploys the factory and the escrow of the native currency, at addresses of this chain alone: for chains without the CREATE2 deployer. */
export default buildModule("ParityProtocolOwnAddress", (m) => {
  const factory = m.contract("TaskEscrowFactory");
  const created = m.call(factory, "createEscrow", [zeroAddress]);
  const escrow = m.contractAt("TaskEscrow", m.readEventArgument(created, "EscrowCreated", "escrow"));
  return { factory, escrow };
});
