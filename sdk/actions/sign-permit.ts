import { parseAbi, parseSignature } from "viem";
import { readContract, signTypedData } from "viem/actions";
import { type ChainClient, isWithoutAnswer, withChainErrors } from "../chain/chain-error.ts";
import { accountOf } from "../chain/send-call.ts";
import { type Abortable, withSignal } from "../chain/with-signal.ts";
import { ParityError } from "../errors/index.ts";
import type { Address } from "../protocol/types.ts";
import { getEscrow } from "./get-escrow.ts";

const permitTokenAbi = parseAbi([
  "function nonces(address owner) view returns (uint256)",
  "function eip712Domain() view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)",
]);

const permitTypes = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

export interface SignPermitParameters extends Abortable {
  escrow: Address;
  /** Exactly the bounty of the task that is to be posted. */
  amountWei: bigint;
  /** Until when the permit is good, unix seconds. */
  deadline: bigint;
}

/** An ERC-2612 permit for exactly the bounty, by the submitter, to the escrow. */
export interface Permit {
  /** Unix seconds. */
  deadline: bigint;
  v: number;
  r: `0x${string}`;
  s: `0x${string}`;
}

/**
 * Signs an ERC-2612 permit that lets an escrow take its token from the client's account: the allowance of `postTask` without a
 * transaction of its own. For tokens that tell their signing domain (ERC-5267).
 * @throws ASSET_HAS_NO_PERMIT, ACCOUNT_MISSING, and what getEscrow throws
 * @example
 * const permit = await signPermit(client, { escrow, amountWei: terms.bountyWei, deadline: BigInt(terms.commitDeadline) });
 * await postTask(client, { escrow, terms, location, permit });
 */
export async function signPermit(chain: ChainClient, { escrow, amountWei, deadline, signal }: SignPermitParameters): Promise<Permit> {
  const client = withSignal(chain, signal);
  const account = accountOf(client);
  const { asset, isNative, chainId } = await getEscrow(client, { escrow });
  if (isNative) throw new ParityError("ASSET_HAS_NO_PERMIT", `The asset of ${escrow} is the native currency: a bounty needs no permit.`);
  const { nonce, name, version } = await readPermitDomain(client, asset);
  const message = { owner: account.address, spender: escrow, value: amountWei, nonce, deadline };
  const domain = { name, version, chainId, verifyingContract: asset };
  const signature = await withChainErrors(client, () =>
    signTypedData(client, { account, domain, types: permitTypes, primaryType: "Permit", message }),
  );
  const { r, s, yParity } = parseSignature(signature);
  return { deadline, v: yParity + 27, r, s };
}

async function readPermitDomain(client: ChainClient, asset: Address): Promise<{ nonce: bigint; name: string; version: string }> {
  const token = { address: asset, abi: permitTokenAbi } as const;
  const { address } = accountOf(client);
  try {
    return await withChainErrors(client, async () => {
      const [nonce, domain] = await Promise.all([
        readContract(client, { ...token, functionName: "nonces", args: [address] }),
        readContract(client, { ...token, functionName: "eip712Domain" }),
      ]);
      return { nonce, name: domain[1], version: domain[2] };
    });
  } catch (error) {
    if (isWithoutAnswer(error)) throw error;
    const hint = "Approve the escrow on the token instead.";
    throw new ParityError("ASSET_HAS_NO_PERMIT", `The token ${asset} does not tell how to sign a permit.`, { cause: error, hint });
  }
}
