import { encodeDeployData, encodeFunctionData, pad, parseEventLogs, toEventSelector } from "viem";
import type { ChainClient } from "../chain/chain-error.ts";
import { create2CallOf } from "../chain/create2-deployer.ts";
import { deployCode } from "../chain/deploy-code.ts";
import { getHead, scanLogs } from "../chain/scan-logs.ts";
import { type SendOptions, sendCall } from "../chain/send-call.ts";
import { isParityError, ParityError } from "../errors/index.ts";
import { taskEscrowFactoryAbi, taskEscrowFactoryBytecode } from "../protocol/contracts.ts";
import { encoded } from "../protocol/encode-abi.ts";
import type { Address } from "../protocol/types.ts";
import { type DeploymentPlan, planDeployment } from "./plan-deployment.ts";

export interface DeployEscrowParameters extends SendOptions {
  /** An ERC-20; the chain's native currency unless told. */
  asset?: Address;
  /** A factory that is there already; the canonical one, deployed where it is missing, unless told. */
  factory?: Address;
}

export interface DeployedEscrow {
  factory: Address;
  escrow: Address;
  asset: Address;
  /** A block at or before the escrow's creation: where a search for its tasks begins. 0 where the RPC keeps no logs of that time. */
  deployedAtBlock: bigint;
  /** False where the factory had an escrow of the asset already. */
  isNew: boolean;
  /** Whether the factory has the address that it has on every chain with the CREATE2 deployer. */
  isCanonical: boolean;
}

/**
 * Deploys the escrow of an asset, or finds the one that is there: a factory makes one an asset, at an address that follows from the
 * two. The factory is the canonical one where the chain has the CREATE2 deployer, else one of the sender's own.
 * @throws ASSET_HAS_NO_CODE, NOT_A_FACTORY, and what sendCall throws
 * @example
 * const { escrow, factory, deployedAtBlock } = await deployEscrow(client, {});
 */
export async function deployEscrow(client: ChainClient, parameters: DeployEscrowParameters): Promise<DeployedEscrow> {
  const plan = await planDeployment(client, parameters);
  const { asset, isCanonical } = plan;
  if (plan.factory && plan.escrow && plan.hasEscrow) {
    const deployedAtBlock = await blockOf(client, { factory: plan.factory, asset, signal: parameters.signal });
    return { factory: plan.factory, escrow: plan.escrow, asset, deployedAtBlock, isNew: false, isCanonical };
  }
  const factory = plan.factory && plan.hasFactory ? plan.factory : await deployFactory(client, plan, parameters);
  const data = encoded(() => encodeFunctionData({ abi: taskEscrowFactoryAbi, functionName: "createEscrow", args: [asset] }));
  const { receipt, transactionHash } = await sendCall(client, { to: factory, data }, parameters);
  const [created] = parseEventLogs({ abi: taskEscrowFactoryAbi, eventName: "EscrowCreated", logs: receipt.logs });
  if (!created) throw new ParityError("TRANSACTION_REVERTED", `Transaction ${transactionHash} created no escrow; is ${factory} a factory?`);
  return { factory, escrow: created.args.escrow, asset, deployedAtBlock: receipt.blockNumber, isNew: true, isCanonical };
}

async function deployFactory(client: ChainClient, plan: DeploymentPlan, options: SendOptions): Promise<Address> {
  const creationCode = encodeDeployData({ abi: taskEscrowFactoryAbi, bytecode: taskEscrowFactoryBytecode });
  if (plan.factory === undefined) return (await deployCode(client, creationCode, options)).address;
  await sendCall(client, create2CallOf(creationCode), options);
  return plan.factory;
}

/** Where the escrow was created by its event; an RPC that refuses to look that far back is no reason to fail. */
async function blockOf(
  client: ChainClient,
  { factory, asset, signal }: { factory: Address; asset: Address; signal: AbortSignal | undefined },
): Promise<bigint> {
  const topics = [toEventSelector("EscrowCreated(address,address)"), pad(asset, { size: 32 })] as const;
  try {
    const query = { address: factory, topics, fromBlock: 0n, toBlock: await getHead(client), ...(signal ? { signal } : {}) };
    for await (const { logs } of scanLogs(client, query)) for (const { blockNumber } of logs) if (blockNumber) return BigInt(blockNumber);
  } catch (error) {
    if (!isParityError(error, "RPC_FAILED")) throw error;
  }
  return 0n;
}
