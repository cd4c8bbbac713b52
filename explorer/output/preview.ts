/** Shown of a text. */
export const SHOWN_TEXT_BYTES = 64 * 1024;
/** Shown of anything else, in lines of 16. */
export const SHOWN_BINARY_BYTES = 512;

/** How bytes are shown: as text where they are one, else digit by digit. */
export interface Preview {
  kind: "text" | "binary";
  text: string;
  shownBytes: number;
}

/** Makes what is shown of some bytes. */
export function previewOf(bytes: Uint8Array): Preview {
  const head = bytes.subarray(0, SHOWN_TEXT_BYTES);
  const text = decode(head, head.length < bytes.length);
  if (text !== undefined && !looksBinary(text)) return { kind: "text", text, shownBytes: head.length };
  const shown = bytes.subarray(0, SHOWN_BINARY_BYTES);
  return { kind: "binary", text: hexLines(shown), shownBytes: shown.length };
}

function decode(bytes: Uint8Array, isCut: boolean): string | undefined {
  try {
    // A character that the cut goes through is left out.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return undefined;
  }
}

/** Many control characters are no text, whatever UTF-8 says. */
function looksBinary(text: string): boolean {
  let controls = 0;
  for (let i = 0; i < text.length; i++) if (isControl(text.charCodeAt(i))) controls += 1;
  return controls > 16 && controls > text.length / 20;
}

/** Tab, line feed, carriage return and escape do occur in what programs print. */
function isControl(code: number): boolean {
  return code < 0x20 && ![0x09, 0x0a, 0x0d, 0x1b].includes(code);
}

function hexLines(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const digits = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const characters = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${digits.padEnd(47)}  ${characters}`);
  }
  return lines.join("\n");
}
