import { MOST_TASKS } from "../ledger/follow-chain.ts";
import { useOpened, useSnapshot } from "../ledger/use-ledger.ts";
import { grouped } from "../text/amount.ts";

/** Says how far back the page has read, and reads more when asked. Nothing to say where it knows everything. */
export function ReadOlder() {
  const { ledger } = useOpened();
  const { known, book } = useSnapshot();
  if (!known || known.isComplete) return null;
  const from = known.settled[0]?.fromBlock ?? known.tail?.fromBlock;
  const isFull = book.entries.length >= MOST_TASKS;
  return (
    <p className="read-older">
      {known.isPaused ? "Read" : "Reading"} back to block {grouped(String(from ?? known.head.number))},{" "}
      {grouped(String(book.entries.length))} tasks. {isFull ? "This page holds no more." : null}
      {known.isPaused && !isFull ? (
        <button type="button" className="button button-small" onClick={() => ledger.readOlder()}>
          Read older tasks
        </button>
      ) : null}
    </p>
  );
}
