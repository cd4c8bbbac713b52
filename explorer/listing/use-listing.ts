import { isParityError } from "@parity-protocol/sdk";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNow, useOpened, useSnapshot } from "../ledger/use-ledger.ts";
import { askIndexer } from "./ask-indexer.ts";
import { listBook } from "./list-book.ts";
import type { Listing, ListingQuery } from "./listing.ts";

/** The indexer is asked again so often. */
const ASK_EVERY_MS = 10_000;

/**
 * One sheet of tasks: as the network's indexer lists them, where it has one that answers, else from what the page has read. Undefined
 * while nothing is known. What the page itself read of a task goes before what an indexer says of it.
 */
export function useListing(query: ListingQuery): Listing | undefined {
  const { network } = useOpened();
  const { book, known } = useSnapshot();
  const now = useNow();
  const { indexerUrl } = network;
  const asked = useQuery({
    queryKey: ["listing", network.chainId, network.escrow, indexerUrl, query],
    queryFn: ({ signal }) => askIndexer({ ...network, indexerUrl: indexerUrl ?? "" }, { ...query, now }, signal),
    enabled: indexerUrl !== undefined && now > 0,
    placeholderData: keepPreviousData,
    refetchInterval: ASK_EVERY_MS,
  });
  if (indexerUrl !== undefined && asked.isPending) return undefined;
  if (asked.data && !asked.isError)
    return { ...asked.data, entries: asked.data.entries.map((entry) => book.byId.get(entry.task.taskId) ?? entry) };
  if (!known) return undefined;
  return { ...listBook(book, query, now), ...(isParityError(asked.error) ? { failure: asked.error } : {}) };
}
