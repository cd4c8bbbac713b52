import { ParityError } from "@parity-protocol/sdk";
import { readTar, type TarEntry } from "../tar/read-tar.ts";
import { archiveBounds } from "./bounds.ts";

/**
 * Reads a layer to its end and refuses what no job may start from. Device nodes are tolerated under /dev alone: bootstrapped base
 * images carry them there, and every container mounts its own /dev over them, so they change nothing.
 */
export async function checkLayer(content: AsyncIterable<Uint8Array>, budget: { entries: number }): Promise<void> {
  for await (const entry of readTar(content, (kind, what) => new ParityError("ARCHIVE_LAYER_REFUSED", `A layer is ${kind}: ${what}.`))) {
    budget.entries--;
    if (budget.entries < 0) throw new ParityError("ARCHIVE_TOO_LARGE", `The layers have more than ${archiveBounds.layerEntries} entries.`);
    refuseEntry(entry);
  }
}

function refuseEntry(entry: TarEntry): void {
  const name = entry.name.toString("utf8");
  const segments = name.split("/");
  const isDevice = entry.type === "character-device" || entry.type === "block-device";
  const problem =
    (segments.includes("..") && "climbs out of the root") ||
    (name.startsWith("/") && "has an absolute path") ||
    (entry.type === "other" && "has a type that engines read differently") ||
    (isDevice && segments.filter((segment) => segment !== ".")[0] !== "dev" && "is a device outside /dev");
  if (problem) throw new ParityError("ARCHIVE_LAYER_REFUSED", `The layer's entry ${JSON.stringify(name)} ${problem}.`);
}
