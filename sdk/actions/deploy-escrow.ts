import { encodeDeployData, encodeFunctionData, parseEventLogs } from "viem";
import { readContract } from "viem/actions";
import { type ChainClient, withChainErrors } from "../chain/chain-error.ts";
import { deployCode } from "../chain/deploy-code.ts";
import { type SendOptions, sendCall } from "../chain/send-call.ts";
import { ParityError } from "../errors/index.ts";
import { taskEscrowFactoryAbi, taskEscrowFactoryBytecode } from "../protocol/contracts.ts";
import { encoded } from "../protocol/encode-abi.ts";
import { type Address, zeroAddress } from "../protocol/types.ts";

export interface DeployEscrowParameters extends SendOptions {
  /** An ERC-20; the chain's native currency unless told. */
  asset?: Address;
  /** A factory that is there already; a new one is deployed unless told. */
  factory?: Address;
}

export interface DeployedEscrow {
  factory: Address;
  escrow: Address;
  asset: Address;
  /** A block at or before the escrow's creation: where a search for its tasks begins. */
  deployedAtBlock: bigint;
  /** False where the factory had an escrow of the asset already. */
  isNew: boolean;
}

/**
 * Deploys the escrow of an asset through a factory, or finds the one that the factory has: there is one an asset.
 * @throws ASSET_HAS_NO_CODE, and what sendCall throws
 * @example
 * const { escrow, factory, deployedAtBlock } = await deployEscrow(client, {});
 */
export async function deployEscrow(client: ChainClient, parameters: DeployEscrowParameters): Promise<DeployedEscrow> {
  const { asset = zeroAddress } = parameters;
  const escrow = parameters.factory && (await getEscrowOf(client, parameters.factory, asset));
  if (parameters.factory && escrow) return { factory: parameters.factory, escrow, asset, deployedAtBlock: 0n, isNew: false };
  const factory = parameters.factory ?? (await deployFactory(client, parameters));
  const data = encoded(() => encodeFunctionData({ abi: taskEscrowFactoryAbi, functionName: "createEscrow", args: [asset] }));
  const { receipt, transactionHash } = await sendCall(client, { to: factory, data }, parameters);
  const [created] = parseEventLogs({ abi: taskEscrowFactoryAbi, eventName: "EscrowCreated", logs: receipt.logs });
  if (!created) throw new ParityError("TRANSACTION_REVERTED", `Transaction ${transactionHash} created no escrow; is ${factory} a factory?`);
  return { factory, escrow: created.args.escrow, asset, deployedAtBlock: receipt.blockNumber, isNew: true };
}

async function deployFactory(client: ChainClient, options: SendOptions): Promise<Address> {
  const data = encodeDeployData({ abi: taskEscrowFactoryAbi, bytecode: taskEscrowFactoryBytecode });
  return (await deployCode(client, data, options)).address;
}

async function getEscrowOf(client: ChainClient, factory: Address, asset: Address): Promise<Address | undefined> {
  const escrow = await withChainErrors(client, () =>
    readContract(client, { address: factory, abi: taskEscrowFactoryAbi, functionName: "escrowOf", args: [asset] }),
  );
  return escrow === zeroAddress ? undefined : escrow;
}
