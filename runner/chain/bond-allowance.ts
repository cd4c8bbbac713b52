import { type Address, ParityError, withChainErrors } from "@parity-protocol/sdk";
import { type Client, createClient, custom, erc20Abi, type PrivateKeyAccount, zeroAddress } from "viem";
import { readContract, waitForTransactionReceipt, writeContract } from "viem/actions";
import type { RunnerLog } from "../telemetry/log.ts";

/** Whose allowance for which escrow. */
export interface BondAllowance {
  client: Client;
  account: PrivateKeyAccount;
  escrow: Address;
  /** The escrow's asset; nothing is to be allowed where it is the chain's native currency. */
  asset: Address;
  /** How much the escrow may collect for bonds; the allowance is left alone where absent. */
  allowanceWei?: bigint;
  log: RunnerLog;
}

/**
 * Makes sure, once, that the escrow may collect bonds up to a bound that the operator chose: never more, and nothing at all where the
 * operator chose none.
 * @throws TRANSACTION_REVERTED, INSUFFICIENT_FUNDS, RPC_UNREACHABLE, RPC_FAILED
 */
export async function allowBonds({ client, account, escrow, asset, allowanceWei, log }: BondAllowance): Promise<void> {
  if (asset === zeroAddress || allowanceWei === undefined) return;
  const token = { address: asset, abi: erc20Abi } as const;
  const allowedWei = await withChainErrors(client, () =>
    readContract(client, { ...token, functionName: "allowance", args: [account.address, escrow] }),
  );
  if (allowedWei === allowanceWei) return;
  const sending = createClient({ account, transport: custom({ request: client.request }, { retryCount: 0 }) });
  const hash = await withChainErrors(client, () =>
    writeContract(sending, { ...token, chain: null, functionName: "approve", args: [escrow, allowanceWei] }),
  );
  const { status } = await withChainErrors(client, () => waitForTransactionReceipt(client, { hash }));
  if (status !== "success") throw new ParityError("TRANSACTION_REVERTED", `The token ${asset} refused the allowance of ${allowanceWei}.`);
  log.info({ asset, allowanceWei: allowanceWei.toString(), formerWei: allowedWei.toString(), transactionHash: hash }, "Bonds allowed");
}
