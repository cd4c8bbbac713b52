/**
 * Reduces a URL to what may be shown: scheme, host and port. RPC providers put their keys into the user part, the path or the
 * query, so none of them may reach a message or a log.
 */
export function redactUrl(url: string): string {
  try {
    const { protocol, host, pathname, search, username } = new URL(url);
    const hasMore = pathname.length > 1 || search !== "" || username !== "";
    return `${protocol}//${host}${hasMore ? "/…" : ""}`;
  } catch {
    return "(not a URL)";
  }
}

/** Redacts every URL inside a text that others wrote, such as an RPC's error message; also bounds its length. */
export function redactText(text: string): string {
  const redacted = text.replace(/\b(?:https?|wss?):\/\/[^\s"'<>)\]}]+/gi, redactUrl);
  return redacted.length > maxTextLength ? `${redacted.slice(0, maxTextLength)}…` : redacted;
}

/** Longer texts are somebody's dump; the beginning says what matters. */
const maxTextLength = 500;
