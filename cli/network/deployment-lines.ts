import type { CheckedContract, CheckedDeployment } from "@parity-protocol/sdk";
import type { Paint } from "../terminal/colour.ts";
import { facts } from "../terminal/columns.ts";

/** Shows what a check of a deployment found, for people. */
export function checkLines({ contracts, isCanonical, isOfFactory, isThisVersion }: CheckedDeployment, paint: Paint): string[] {
  const origin = isCanonical ? "the address that it has on every chain" : "an address of this chain alone";
  return facts([
    ...contracts.map((contract) => [contract.role, `${contract.address} ${standingOf(contract, paint)}`] as const),
    ...(isCanonical === undefined ? [] : [["factory at", origin] as const]),
    ...(isOfFactory === undefined ? [] : [["escrow of", isOfFactory ? "this factory" : paint("bad", "another factory")] as const]),
    ["answer", isThisVersion ? paint("good", "this is this version's code") : paint("bad", "this is not this version's code")],
  ]);
}

function standingOf({ contract, hasCode, isKnownCode }: CheckedContract, paint: Paint): string {
  if (isKnownCode) return paint("good", `is this version's ${contract}`);
  if (contract) return paint("bad", `is this version's ${contract}, which does not belong there`);
  return paint("bad", hasCode ? "has other code" : "has no code");
}
