import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** Deploys a gate for a list of runners. `parity gate make` computes both parameters; upload the list to a store, too. */
export default buildModule("MerkleGate", (m) => ({
  gate: m.contract("MerkleGate", [m.getParameter("root"), m.getParameter("listHash")]),
}));
