import { useNow } from "../ledger/use-ledger.ts";
import { formatAgo, formatDuration, formatMoment } from "../text/time.ts";

/** A moment, as how long ago it was; whole on hover. */
export function Ago({ at }: { at: number }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at * 1_000).toISOString()} title={formatMoment(at)}>
      {formatAgo(at, now)}
    </time>
  );
}

/** The time left until a deadline by the chain's clock. It counts quietly: a screen reader is not told every second. */
export function Countdown({ until }: { until: number }) {
  const now = useNow();
  return (
    <time className="countdown" dateTime={new Date(until * 1_000).toISOString()} title={formatMoment(until)}>
      {until > now ? `${formatDuration(until - now)} left` : "over"}
    </time>
  );
}
