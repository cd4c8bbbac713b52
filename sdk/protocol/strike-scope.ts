import { type Address, zeroAddress } from "./types.ts";

/** So many strikes in a scope, and the scope refuses the identity for good. */
export const maxStrikes = 3;

/** Names the scope in which a task's strikes count: its gate, or its submitter where there is none. */
export function strikeScopeOf({ gate, submitter }: { gate: Address; submitter: Address }): Address {
  return gate === zeroAddress ? submitter : gate;
}
