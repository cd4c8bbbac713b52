import { erc20Abi } from "viem";
import { estimateFeesPerGas, getBalance, readContract } from "viem/actions";
import type { Escrow } from "../actions/get-escrow.ts";
import { type ChainClient, withChainErrors } from "../chain/chain-error.ts";
import { accountOf } from "../chain/send-call.ts";
import { ParityError } from "../errors/index.ts";
import type { Address } from "../protocol/types.ts";

export interface CheckFundsParameters {
  escrow: Escrow;
  /** What the escrow will take of its asset. */
  amountWei: bigint;
  /** Gas that the transaction may use. */
  gas: bigint;
  /** Whether a permit will stand for the allowance. */
  hasPermit?: boolean;
}

/**
 * Checks that the client's account can pay what the escrow will take, and the gas.
 * @throws INSUFFICIENT_FUNDS, ALLOWANCE_TOO_LOW, RPC_UNREACHABLE
 */
export async function checkFunds(client: ChainClient, { escrow, amountWei, gas, hasPermit }: CheckFundsParameters): Promise<void> {
  const { address } = accountOf(client);
  const [balance, { maxFeePerGas }] = await withChainErrors(client, () =>
    Promise.all([getBalance(client, { address }), estimateFeesPerGas(client)]),
  );
  const gasWei = gas * maxFeePerGas;
  const needed = gasWei + (escrow.isNative ? amountWei : 0n);
  if (balance < needed)
    throw new ParityError(
      "INSUFFICIENT_FUNDS",
      `${address} has ${balance} wei and needs ${needed} wei: ${needed - gasWei} for the escrow and up to ${gasWei} for gas.`,
      { details: { address, balance: `${balance}`, needed: `${needed}` } },
    );
  if (!escrow.isNative) await checkTokens(client, { owner: address, escrow, amountWei, hasPermit: hasPermit ?? false });
}

interface TokenParameters {
  owner: Address;
  escrow: Escrow;
  amountWei: bigint;
  hasPermit: boolean;
}

async function checkTokens(client: ChainClient, { owner, escrow, amountWei, hasPermit }: TokenParameters): Promise<void> {
  const token = { address: escrow.asset, abi: erc20Abi } as const;
  const [balance, allowance] = await withChainErrors(client, () =>
    Promise.all([
      readContract(client, { ...token, functionName: "balanceOf", args: [owner] }),
      readContract(client, { ...token, functionName: "allowance", args: [owner, escrow.address] }),
    ]),
  );
  const details = { address: owner, asset: escrow.asset, balance: `${balance}`, allowance: `${allowance}`, needed: `${amountWei}` };
  if (balance < amountWei)
    throw new ParityError("INSUFFICIENT_FUNDS", `${owner} has ${balance} units of token ${escrow.asset} and needs ${amountWei}.`, {
      details,
    });
  if (allowance < amountWei && !hasPermit)
    throw new ParityError("ALLOWANCE_TOO_LOW", `The escrow ${escrow.address} may take ${allowance} units, and needs ${amountWei}.`, {
      details,
    });
}
