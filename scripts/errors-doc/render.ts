import type { ErrorEntry } from "../../sdk/errors/entry.ts";

/** A part of the catalogue under its own heading. */
export interface ErrorArea {
  title: string;
  entries: Readonly<Record<string, ErrorEntry>>;
}

const introduction = `# Errors

Every error of the SDK, the runner, the sandbox, the store and the command line has a stable code, a message with the values, and a
hint. Programs compare \`code\`; \`isRetryable\` says whether the same call may succeed later. The command line exits with 75 for an
error that may pass and with 1 for one that has to be mended.

\`\`\`ts
import { isParityError, postTask } from "@parity-protocol/sdk";

try {
  await postTask(client, parameters);
} catch (error) {
  if (!isParityError(error, "INSUFFICIENT_FUNDS")) throw error;
  console.error(error.message, error.hint);
}
\`\`\`

Generated from \`sdk/errors/catalogue\` by \`scripts/generate-errors-doc.ts\`.
`;

/** Renders docs/errors.md: one table an area, sorted by code. */
export function renderErrorsDoc(areas: readonly ErrorArea[]): string {
  return [introduction, ...areas.filter((area) => Object.keys(area.entries).length > 0).map(renderArea)].join("\n");
}

function renderArea({ title, entries }: ErrorArea): string {
  const rows = Object.entries(entries)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, entry]) => `| \`${code}\` | ${cell(entry.meaning)} | ${cell(entry.hint)} | ${entry.isRetryable ? "yes" : "no"} |`);
  return [`## ${title}`, "", "| code | meaning | what to do | retry |", "|---|---|---|---|", ...rows, ""].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
