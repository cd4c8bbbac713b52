import path from "node:path";
import type { Hex, OutputManifest } from "@parity-protocol/sdk";
import type { Paint } from "../terminal/colour.ts";
import { columns, facts } from "../terminal/columns.ts";
import type { JsonRecord } from "../terminal/printer.ts";
import { safeText } from "../terminal/safe-text.ts";
import { formatSize } from "../units/size.ts";
import { nameOf } from "./deliveries.ts";
import type { SavedResult } from "./save-result.ts";

const MOST_FILES_SHOWN = 12;

/** Says how a run ended: `exit code 0`, or which limit it broke. */
export function outcomeText(manifest: OutputManifest): string {
  return manifest.outcome === "exited" ? `exit code ${manifest.exitCode}` : `ended by a limit: ${manifest.outcome}`;
}

/** Shows a saved result for people. */
export function resultLines(saved: SavedResult & { outputHash: Hex }, paint: Paint): string[] {
  const { manifest, out, outputHash } = saved;
  const lines = facts([
    ["output", `${paint("good", outputHash)} ${paint("faint", "every file verified against it")}`],
    ["outcome", outcomeText(manifest)],
    ...(manifest.outcome === "exited" ? [["stdout", `${path.join(out, "stdout")}, ${formatSize(manifest.stdout.bytes)}`] as const] : []),
    [
      "stderr",
      saved.stderrFrom ? `${path.join(out, "stderr")} ${paint("warning", "(unverified: what one runner says)")}` : "no runner left one",
    ],
    ...deliveryLines(saved),
  ]);
  return [...lines, ...fileLines(saved)];
}

/** One runner's delivery is enough; that others left nothing is worth knowing. */
function deliveryLines({ deliveries }: SavedResult): [string, string][] {
  const missing = deliveries.filter(({ store }) => store === undefined);
  if (missing.length === 0) return [];
  return [
    ["runners", `${deliveries.length - missing.length} of ${deliveries.length} left it here; not yet: ${missing.map(nameOf).join(", ")}`],
  ];
}

/** Gives a saved result's facts for programs. */
export function resultRecord(saved: SavedResult & { outputHash: Hex; taskId: Hex }): JsonRecord {
  const { manifest, out, outputHash, taskId, stderrFrom } = saved;
  const deliveries = saved.deliveries.map(({ identity, runner, store }) => ({ identity, runner: runner ?? null, store: store ?? null }));
  const stderr = stderrFrom ? { from: stderrFrom, isVerified: false } : null;
  return { event: "fetched", taskId, outputHash, out, ...manifest, stderr, deliveries };
}

function fileLines({ manifest, out }: SavedResult): string[] {
  if (manifest.outcome !== "exited" || manifest.files.length === 0) return [];
  const shown = manifest.files.slice(0, MOST_FILES_SHOWN);
  const rows = shown.map(({ path: name, bytes, sha256 }) => [
    safeText(path.join(out, "output", name), 200),
    formatSize(bytes),
    sha256.slice(0, 16),
  ]);
  const more = manifest.files.length - shown.length;
  return ["", ...columns(rows, [1]).map((line) => `  ${line}`), ...(more > 0 ? [`  … and ${more} more files`] : [])];
}
