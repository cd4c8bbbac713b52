import { type Address, ParityError } from "@parity-protocol/sdk";
import type { WantedWrite, WriteGrant } from "./grant.ts";
import type { SignedWriting } from "./signed-writing.ts";

/**
 * Lets an address upload a job that it means to post: it needs some of the chain's currency, as posting does, and stays within the
 * quotas, a smaller common one until it has posted a task.
 * @throws STORE_REFUSED, RPC_UNREACHABLE
 */
export async function grantSubmitter(
  { facts }: SignedWriting,
  { writer, bytes, target }: { writer: Address; bytes: number; target: WantedWrite["target"] },
): Promise<WriteGrant> {
  if (!("blob" in target)) throw new ParityError("STORE_REFUSED", "A submitter writes no notes: only the runners of a task do.");
  if (!(await facts.hasFunds(writer)))
    throw new ParityError("STORE_REFUSED", `${writer} has nothing on chain ${facts.domain.chainId}: it could not post a task.`, {
      hint: "Sign with the key that will post the task, or ask the store's owner for a token.",
    });
  return { by: "submitter", charge: { address: writer, bytes, isProven: await facts.hasPosted(writer) } };
}
