import { createRequire } from "node:module";
import hardhatIgnition from "@nomicfoundation/hardhat-ignition";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import hardhatViem from "@nomicfoundation/hardhat-viem";
import hardhatViemAssertions from "@nomicfoundation/hardhat-viem-assertions";
import { defineConfig } from "hardhat/config";

const require = createRequire(import.meta.url);

const solidity = {
  version: "0.8.37",
  path: require.resolve("solc/soljson.js"), // from npm: nothing is downloaded
  settings: {
    viaIR: true,
    optimizer: { enabled: true, runs: 1_000_000 },
    evmVersion: "cancun", // transient storage; set explicitly so that the bytecode is the same everywhere
    metadata: { bytecodeHash: "none" },
  },
  isolated: false, // how sources are batched can change what viaIR makes of them
  toolVersionsInBuildInfo: false,
};

export default defineConfig({
  plugins: [hardhatViem, hardhatViemAssertions, hardhatNetworkHelpers, hardhatIgnition],
  // Ignition builds with the production profile, which would have settings of its own: other bytecode at other addresses.
  solidity: { profiles: { default: solidity, production: solidity } },
  networks: {
    // Several transactions a second would drive the chain's clock ahead of everybody else's.
    default: { type: "edr-simulated", chainType: "l1", allowBlocksWithSameTimestamp: true },
    node: { type: "edr-simulated", chainType: "l1", allowBlocksWithSameTimestamp: true },
  },
});
