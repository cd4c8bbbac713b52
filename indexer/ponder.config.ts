import { createConfig } from "ponder";
import { taskEscrowAbi } from "../sdk/protocol/contracts.ts";
import { loadIndexerConfig } from "./config.ts";

const { chainId, rpcUrl, escrow, fromBlock, database } = loadIndexerConfig();
const localChainId = 31_337;

export default createConfig({
  database: "url" in database ? { kind: "postgres", connectionString: database.url } : { kind: "pglite", directory: database.directory },
  chains: {
    // A local chain begins anew each time it starts: what was cached of an earlier one would be shown as its own.
    network: { id: chainId, rpc: rpcUrl, disableCache: chainId === localChainId },
  },
  contracts: {
    TaskEscrow: { chain: "network", abi: taskEscrowAbi, address: escrow, startBlock: fromBlock },
  },
});
