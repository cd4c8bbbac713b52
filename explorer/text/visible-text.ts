/** A piece of foreign text: as it is, or the name of a character that must not act. */
export type Piece = { text: string } | { code: string };

/**
 * Control characters but tab and line feed, and what turns the direction of text or cannot be seen: a name could pretend to be
 * another with them.
 */
const acting = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/u;

/** Splits foreign text so that every character that would act, or hide, can be shown by its name. */
export function visiblePieces(text: string, options: { isMultiline?: boolean } = {}): Piece[] {
  const pieces: Piece[] = [];
  let plain = "";
  for (const character of text) {
    const isLayout = options.isMultiline === true && (character === "\n" || character === "\t");
    if (isLayout || !acting.test(character)) {
      plain += character;
      continue;
    }
    if (plain !== "") pieces.push({ text: plain });
    plain = "";
    pieces.push({ code: `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}` });
  }
  if (plain !== "") pieces.push({ text: plain });
  return pieces;
}

/** A file name that is safe to offer for saving: the last part of a path, without what a file system or a shell could mistake. */
export function fileNameOf(path: string): string {
  const name = (path.split("/").at(-1) ?? "").replace(/[\p{C}\p{Zl}\p{Zp}"*/:<>?\\|]/gu, "_").replace(/^[.-]+/, "_");
  return name.slice(0, 120) || "output";
}
