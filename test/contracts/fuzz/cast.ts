import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { type Address, encodeAbiParameters, getAddress, type Hex, keccak256, slice, zeroHash } from "viem";
import { answer, identityOf } from "../support/protocol.ts";
import type { World } from "../support/world.ts";

/** Who takes part: runners on and off a gate's list, two pairs of them with one identity each, and where they are paid. */
export interface Cast {
  submitters: Address[];
  runners: Address[];
  gate: Address;
  /** What the gate's list says, by address. */
  listed: Map<Address, Hex>;
  proofOf(runner: Address): Hex;
  favouritePayeeOf(runner: Address): Address;
}

export async function castFor(world: World): Promise<Cast> {
  const runners = world.runners.slice(2, 32);
  const submitters = [world.submitter, world.runners[0], world.runners[1]] as Address[];
  const listed = new Map(runners.slice(0, 24).map((runner): [Address, Hex] => [runner, identityOf(runner)]));
  for (const [i, runner] of runners.slice(24, 28).entries()) listed.set(runner, answer(`pair ${i >> 1}`));
  const entries = [...listed];
  const tree = StandardMerkleTree.of(entries, ["address", "bytes32"]);
  const { address: gate } = await world.chain.deploy("gates/MerkleGate", [tree.root, zeroHash]);
  const proofs = new Map(
    entries.map(([runner, identity], i): [Address, Hex] => [
      runner,
      encodeAbiParameters([{ type: "bytes32" }, { type: "bytes32[]" }], [identity, tree.getProof(i) as Hex[]]),
    ]),
  );
  return {
    submitters,
    runners,
    gate,
    listed,
    proofOf: (runner) => proofs.get(runner) ?? "0x",
    favouritePayeeOf: (runner) => getAddress(slice(keccak256(runner), 12)),
  };
}
