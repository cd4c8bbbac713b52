import { type Address, isParityError, ParityError, parseStoreUrl } from "@parity-protocol/sdk";
import { z } from "zod";

const address = z.custom<Address>((value) => typeof value === "string" && /^0x[0-9a-fA-F]{40}$/.test(value), "must be an address");
const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http(s) address" }).max(2_048);

const storeUrl = z.string().transform((text, context) => {
  try {
    return parseStoreUrl(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: isParityError(error) ? error.message : "must be a store's address" });
    return z.NEVER;
  }
});

const networkSchema = z.object({
  chainId: z.int().positive(),
  rpcUrl: httpUrl,
  escrow: address,
  deployedAtBlock: z.int().nonnegative().default(0),
  storeUrls: z.array(storeUrl).max(8).default([]),
  /** Lists, filters and searches all tasks; without it the page does so with those that it read itself. */
  indexerUrl: httpUrl.optional(),
  /** Offered when a task is posted; any other may be named. */
  gate: address.optional(),
  /** What the chain is called; only shown. */
  name: z.string().max(40).optional(),
  /** Whoever serves the page allows no other network. */
  isFixed: z.boolean().default(false),
});

/** Which network the page shows: the public file `network.json` beside it, or what the visitor filled in. It holds no secret. */
export type Network = z.infer<typeof networkSchema>;

/** Checks what a network file or the visitor's fields say. @throws NETWORK_FILE_INVALID */
export function parseNetwork(value: unknown): Network {
  const parsed = networkSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ParityError("NETWORK_FILE_INVALID", `The network's description is invalid: ${z.prettifyError(parsed.error)}`);
}
