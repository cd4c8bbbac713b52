import { type Address, commitmentOf, type Hex, type Opening } from "@parity-protocol/sdk";
import { saltOf } from "./salt.ts";

/** An opening with the commitment that it opens. */
export interface SealedAnswer {
  opening: Opening;
  commitment: Hex;
}

/** What a commitment is made of, besides the runner's key. */
export interface AnswerParts {
  taskId: Hex;
  identity: Hex;
  payee: Address;
  outputHash: Hex;
}

/** Makes the commitments of one runner and finds out what opens one. The key stays in here. */
export interface Openings {
  seal(parts: AnswerParts): SealedAnswer;
  /** Finds the answer, among all pairs of the hashes and payees, that a commitment seals; undefined where none does. */
  find(
    commitment: Hex,
    about: { taskId: Hex; identity: Hex; outputHashes: readonly Hex[]; payees: readonly Address[] },
  ): Opening | undefined;
}

/** Makes the openings of a runner's key at one escrow. */
export function createOpenings(key: { privateKey: Hex; chainId: number; escrow: Address }): Openings {
  const { privateKey, chainId, escrow } = key;
  const seal = ({ taskId, identity, payee, outputHash }: AnswerParts): SealedAnswer => {
    const opening = { identity, payee, outputHash, salt: saltOf({ privateKey, taskId }) };
    return { opening, commitment: commitmentOf({ chainId, escrow, taskId, opening }) };
  };
  return {
    seal,
    find: (commitment, { taskId, identity, outputHashes, payees }) =>
      outputHashes
        .flatMap((outputHash) => payees.map((payee) => seal({ taskId, identity, payee, outputHash })))
        .find((answer) => answer.commitment === commitment.toLowerCase())?.opening,
  };
}
