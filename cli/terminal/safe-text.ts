// Control characters, and the Unicode characters that reorder, hide or break text: a job, a store or a chain may have chosen them.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu;

/** Makes untrusted text printable on one line: what could steer a terminal or mislead the eye is shown as \u{...}; at most `maxLength` characters. */
export function safeText(text: string, maxLength = 4_096): string {
  const shown = text.length > maxLength ? `${text.slice(0, maxLength)}… (${text.length - maxLength} more)` : text;
  return shown.replace(UNSAFE, escapeCharacter);
}

/** Makes untrusted text of several lines printable, line breaks kept; tabs become spaces. */
export function safeLines(text: string, maxLines = 200): string[] {
  const lines = text.replaceAll("\r\n", "\n").replaceAll("\t", "    ").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const shown = lines.slice(0, maxLines).map((line) => safeText(line));
  return lines.length > maxLines ? [...shown, `… (${lines.length - maxLines} more lines)`] : shown;
}

/** Encodes a value as one line of JSON; bigints become decimal strings, and what could steer a terminal is escaped. */
export function safeJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, field: unknown) => (typeof field === "bigint" ? field.toString() : field));
  return text.replace(UNSAFE, (character) =>
    Array.from({ length: character.length }, (_, i) => unicodeEscape(character.charCodeAt(i))).join(""),
  );
}

function escapeCharacter(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function unicodeEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
