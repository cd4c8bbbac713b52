/**
 * Reads how long an endpoint asked to be left alone, milliseconds, from the `Retry-After` of what it answered: seconds, or a date, which
 * counts from the answer's own `Date`. This host's clock may be wrong. Undefined where it did not say.
 */
export function retryAfterMs(error: unknown): number | undefined {
  for (let at = error; at instanceof Error; at = at.cause)
    if ("headers" in at && at.headers instanceof Headers && at.headers.has("retry-after")) return waitOf(at.headers);
  return undefined;
}

function waitOf(headers: Headers): number | undefined {
  const asked = headers.get("retry-after")?.trim() ?? "";
  const waitMs = /^\d+$/.test(asked) ? Number(asked) * 1_000 : Date.parse(asked) - Date.parse(headers.get("date") ?? "");
  return Number.isNaN(waitMs) || waitMs < 0 ? undefined : waitMs;
}
