import type { Address, Hex, Opening, TaskKey } from "@parity-protocol/sdk";
import { taskEscrowAbi } from "@parity-protocol/sdk/contracts";
import { type EncodeFunctionDataParameters, encodeFunctionData, zeroHash } from "viem";

interface CallOfTask {
  taskId: Hex;
  /** The bond, where the asset is the chain's native currency. */
  valueWei?: bigint;
  /** Unix seconds: in a block of this time or later the call is refused. */
  deadline?: number;
}

/** A call of the escrow that a step wants to make. */
export type StepCall = CallOfTask &
  (
    | { verb: "reserve"; functionName: "reserveSlot"; args: readonly [task: TaskKey, proof: Hex] }
    | { verb: "commit"; functionName: "commitResult"; args: readonly [task: TaskKey, identity: Hex, commitment: Hex, proof: Hex] }
    | { verb: "reveal"; functionName: "revealResult"; args: readonly [taskId: Hex, opening: Opening] }
    | { verb: "claim"; functionName: "claimPayout"; args: readonly [task: TaskKey, opening: Opening] }
  );

/** More would not make a step cheaper by much, and one transaction must fit into a block with room to spare: about 4M gas. */
export const maxBatch = 32;

/** In whose name a batch is performed; undefined as long as none of its calls says. */
interface Party {
  identity?: Hex;
  payee?: Address;
}

/** Puts calls together that one transaction can make, in their order: those of one identity that are paid to one payee. */
export function batchesOf(calls: readonly StepCall[]): StepCall[][] {
  const batches: { party: Party; calls: StepCall[] }[] = [];
  for (const call of calls) {
    const party = partyOf(call);
    const batch = batches.find((other) => other.calls.length < maxBatch && areCompatible(other.party, party));
    if (!batch) batches.push({ party, calls: [call] });
    else {
      batch.calls.push(call);
      batch.party = { ...batch.party, ...party };
    }
  }
  return batches.map((batch) => batch.calls);
}

/** A reservation is made in the caller's own name, and a commitment hides who is paid. */
function partyOf(call: StepCall): Party {
  if (call.verb === "reserve") return {};
  if (call.verb === "commit") return { identity: call.args[1] };
  const { identity, payee } = call.args[1];
  return { identity, payee };
}

function areCompatible(a: Party, b: Party): boolean {
  const agree = (x?: Hex, y?: Hex) => x === undefined || y === undefined || x.toLowerCase() === y.toLowerCase();
  return agree(a.identity, b.identity) && agree(a.payee, b.payee);
}

/**
 * Encodes what a transaction calls: the call itself, or `performSteps` for more than one, where the escrow skips a step that it
 * refuses.
 * @param caller is paid where no step says who is: nothing is, then
 */
export function encodeCalls(calls: readonly StepCall[], caller: Address): Hex {
  const [only, ...others] = calls;
  if (only && others.length === 0) return encode(only.functionName, only.args);
  const party: Party = Object.assign({}, ...calls.map(partyOf));
  return encode("performSteps", [
    {
      identity: party.identity ?? zeroHash,
      payee: party.payee ?? caller,
      reveals: calls.flatMap((call) => (call.verb === "reveal" ? [{ taskId: call.taskId, ...secretOf(call.args[1]) }] : [])),
      claims: calls.flatMap((call) => (call.verb === "claim" ? [{ task: call.args[0], ...secretOf(call.args[1]) }] : [])),
      commits: calls.flatMap((call) => (call.verb === "commit" ? [commitmentIn(call.args)] : [])),
      reservations: calls.flatMap((call) => (call.verb === "reserve" ? [{ task: call.args[0], proof: call.args[1] }] : [])),
    },
  ]);
}

function encode(functionName: StepCall["functionName"] | "performSteps", args: readonly unknown[]): Hex {
  return encodeFunctionData({ abi: taskEscrowAbi, functionName, args } as EncodeFunctionDataParameters<typeof taskEscrowAbi>);
}

const secretOf = ({ outputHash, salt }: Opening) => ({ outputHash, salt });

function commitmentIn([task, , commitment, proof]: Extract<StepCall, { verb: "commit" }>["args"]) {
  return { task, commitment, proof };
}

/** Adds up the bonds of calls; what a skipped step does not take is sent back. */
export function bondsOf(calls: readonly StepCall[]): bigint {
  return calls.reduce((sum, { valueWei = 0n }) => sum + valueWei, 0n);
}
