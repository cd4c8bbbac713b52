import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Address, Hex } from "@parity-protocol/sdk";
import type { Abi } from "viem";
import { deployContract, waitForTransactionReceipt, writeContract } from "viem/actions";
import type { SendingClient } from "./escrow-chain.ts";

/** A contract of contracts/mocks that stands on a chain. */
export interface Mock {
  address: Address;
  abi: Abi;
}

/** Deploys one of contracts/mocks, named like "Tokens:PlainToken". */
export async function deployMock(client: SendingClient, name: string, args: readonly unknown[] = []): Promise<Mock> {
  const [file, contract] = name.split(":");
  const path = new URL(`../../artifacts/contracts/mocks/${file}.sol/${contract}.json`, import.meta.url);
  const { abi, bytecode } = JSON.parse(readFileSync(path, "utf8")) as { abi: Abi; bytecode: Hex };
  const hash = await deployContract(client, { abi, bytecode, args });
  const { contractAddress } = await waitForTransactionReceipt(client, { hash });
  assert.ok(contractAddress);
  return { address: contractAddress, abi };
}

/** Mints an amount of a token, or the token of an id, for an address. */
export async function mint(client: SendingClient, mock: Mock, args: readonly [to: Address, what: bigint]): Promise<void> {
  const hash = await writeContract(client, { ...mock, functionName: "mint", args });
  await waitForTransactionReceipt(client, { hash });
}
