import { getCode } from "viem/actions";
import { type ChainClient, rpcLabel, withChainErrors } from "../chain/chain-error.ts";
import { isCodeOf } from "../chain/contract-code.ts";
import { create2Deployer } from "../chain/create2-deployer.ts";
import { type Abortable, withSignal } from "../chain/with-signal.ts";
import { ParityError } from "../errors/index.ts";
import { canonicalFactory, escrowAddressOf } from "../protocol/addresses.ts";
import { type Address, zeroAddress } from "../protocol/types.ts";

export interface PlanDeploymentParameters extends Abortable {
  /** An ERC-20; the chain's native currency unless told. */
  asset?: Address;
  /** A factory that is there already; the canonical one unless told. */
  factory?: Address;
}

/** What of a deployment is there, and what is to be sent for the rest. */
export interface DeploymentPlan {
  asset: Address;
  /** Absent where a new factory's address will follow from the sender's nonce. */
  factory?: Address;
  escrow?: Address;
  hasFactory: boolean;
  hasEscrow: boolean;
  /** Whether the factory has, or will have, the address that it has on every other chain. */
  isCanonical: boolean;
}

/**
 * Looks for the escrow of an asset and its factory. Without a factory that is named, it is the one whose address follows from its
 * code alone; a chain without the CREATE2 deployer can have that one no more than by chance, and gets one of its own.
 * Sends nothing. Docs: protocol.md, section 13.
 * @throws NOT_A_FACTORY, ARGUMENT_INVALID, RPC_UNREACHABLE, RPC_FAILED
 */
export async function planDeployment(chain: ChainClient, parameters: PlanDeploymentParameters): Promise<DeploymentPlan> {
  const client = withSignal(chain, parameters.signal);
  const { asset = zeroAddress } = parameters;
  const factory = parameters.factory ?? canonicalFactory();
  const escrow = escrowAddressOf({ factory, asset });
  const isCanonical = factory.toLowerCase() === canonicalFactory().toLowerCase();
  const [factoryCode, escrowCode] = await Promise.all([codeAt(client, factory), codeAt(client, escrow)]);
  const hasFactory = factoryCode !== undefined && isCodeOf("TaskEscrowFactory", factoryCode);
  if (parameters.factory && !hasFactory)
    throw new ParityError(
      "NOT_A_FACTORY",
      `There is no TaskEscrowFactory of this version at ${factory} on the chain of ${rpcLabel(client)}.`,
    );
  const known = { asset, factory, escrow, hasFactory, hasEscrow: escrowCode !== undefined, isCanonical };
  if (hasFactory || (await codeAt(client, create2Deployer))) return known;
  return { asset, hasFactory: false, hasEscrow: false, isCanonical: false };
}

function codeAt(client: ChainClient, address: Address) {
  return withChainErrors(client, () => getCode(client, { address }));
}
