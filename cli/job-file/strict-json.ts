import { ParityError } from "@parity-protocol/sdk";

/**
 * Parses JSON that a person wrote; says where and in words what is not JSON in it.
 * @throws JOB_FILE_INVALID
 */
export function parseStrictJson(text: string, label: string): unknown {
  if (text.startsWith("\ufeff")) throw invalid(`${label} begins with a byte order mark.`, "Save it as UTF-8 without BOM.");
  const slip = findSlip(text);
  if (slip) throw invalid(`${label}:${placeOf(text, slip.at)}: ${slip.what}`, slip.hint);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ParityError("JOB_FILE_INVALID", `${label} is not JSON: ${whyNot(text, cause)}`, { cause });
  }
}

interface Slip {
  at: number;
  what: string;
  hint: string;
}

/** Finds what editors of other JSON dialects are used to writing: comments and trailing commas. */
function findSlip(text: string): Slip | undefined {
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (isInString && character === "\\") i++;
    else if (character === '"') isInString = !isInString;
    else if (!isInString && character === "/" && (text[i + 1] === "/" || text[i + 1] === "*"))
      return { at: i, what: "JSON has no comments.", hint: "Remove the comment." };
    else if (!isInString && character === "," && /^\s*[\]}]/.test(text.slice(i + 1, i + 1_000)))
      return { at: i, what: "a comma before the closing bracket.", hint: "Remove the comma." };
  }
  return undefined;
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

function whyNot(text: string, cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const position = /at position (\d+)/.exec(message);
  const reason = message.replace(/ in JSON at position.*$/s, "").replace(/, .*is not valid JSON$/s, "");
  return position ? `${reason} at line ${placeOf(text, Number(position[1])).replace(":", ", column ")}.` : `${reason}.`;
}

function invalid(message: string, hint: string): ParityError {
  return new ParityError("JOB_FILE_INVALID", message, { hint });
}
