import { getCode } from "viem/actions";
import { type ChainClient, withChainErrors } from "../chain/chain-error.ts";
import { type ContractName, contractOfCode } from "../chain/contract-code.ts";
import { type Abortable, withSignal } from "../chain/with-signal.ts";
import { canonicalFactory, escrowAddressOf } from "../protocol/addresses.ts";
import type { Address } from "../protocol/types.ts";
import { getEscrow } from "./get-escrow.ts";

export interface CheckDeploymentParameters extends Abortable {
  escrow: Address;
  /** The factory that the escrow is said to come from. */
  factory?: Address;
  gate?: Address;
}

/** One contract of a deployment, as it stands on the chain. */
export interface CheckedContract {
  role: "factory" | "escrow" | "gate";
  address: Address;
  /** What its code is: a contract of this version; absent for other code or none. */
  contract?: ContractName;
  hasCode: boolean;
  /** Whether it is what its role asks for. Immutable values, such as an escrow's asset, are read and not compared. */
  isKnownCode: boolean;
}

/** What a check of a deployment found. */
export interface CheckedDeployment {
  contracts: CheckedContract[];
  /** Whether the factory is the one that every chain with the CREATE2 deployer can have; absent without a factory. */
  isCanonical?: boolean;
  /** Whether the escrow stands where the factory puts the escrow of its asset; absent where either is not what it should be. */
  isOfFactory?: boolean;
  /** The answer: everything that was named is of this version, and belongs together. */
  isThisVersion: boolean;
}

const allowed = {
  factory: ["TaskEscrowFactory"],
  escrow: ["TaskEscrow"],
  gate: ["MerkleGate", "TokenGate"],
} as const satisfies Record<CheckedContract["role"], readonly ContractName[]>;

/**
 * Says whether the code of a deployment is this version's: compares the code on the chain, immutable values apart, with what this
 * source compiles to. Sends nothing. Docs: protocol.md, section 13.
 * @throws RPC_UNREACHABLE, RPC_FAILED
 * @example
 * const { isThisVersion, contracts } = await checkDeployment(client, { escrow, factory });
 */
export async function checkDeployment(chain: ChainClient, parameters: CheckDeploymentParameters): Promise<CheckedDeployment> {
  const client = withSignal(chain, parameters.signal);
  const { factory, escrow, gate } = parameters;
  const named = { ...(factory ? { factory } : {}), escrow, ...(gate ? { gate } : {}) };
  const roles = Object.entries(named) as [CheckedContract["role"], Address][];
  const contracts = await Promise.all(roles.map(([role, address]) => checkContract(client, role, address)));
  const areKnown = contracts.every(({ isKnownCode }) => isKnownCode);
  if (factory === undefined) return { contracts, isThisVersion: areKnown };
  const isCanonical = isSame(factory, canonicalFactory());
  if (!areKnown) return { contracts, isCanonical, isThisVersion: false };
  const { asset } = await getEscrow(client, { escrow });
  const isOfFactory = isSame(escrow, escrowAddressOf({ factory, asset }));
  return { contracts, isCanonical, isOfFactory, isThisVersion: isOfFactory };
}

async function checkContract(client: ChainClient, role: CheckedContract["role"], address: Address): Promise<CheckedContract> {
  const code = await withChainErrors(client, () => getCode(client, { address }));
  const contract = code && contractOfCode(code);
  const isKnownCode = contract !== undefined && (allowed[role] as readonly ContractName[]).includes(contract);
  return { role, address, ...(contract ? { contract } : {}), hasCode: code !== undefined, isKnownCode };
}

function isSame(a: Address, b: Address): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
