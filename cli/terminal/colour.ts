import { styleText } from "node:util";

/** What a piece of text means; a colour stands for it on a terminal. */
export type Tone = "good" | "bad" | "warning" | "faint" | "strong" | "accent";

/** Colours text, or leaves it alone where the stream is no terminal or NO_COLOR is set. */
export type Paint = (tone: Tone, text: string) => string;

const formats = { good: "green", bad: "red", warning: "yellow", faint: "gray", strong: "bold", accent: "cyan" } as const;

/** Makes the paint of a stream. */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  return (tone, text) => styleText(formats[tone], text, { stream });
}
