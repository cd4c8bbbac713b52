import { jobBounds } from "@parity-protocol/sdk";

/** Bounds on what an untrusted image archive can make a reader or an engine do (docs/protocol.md, "Image identity"). */
export const archiveBounds = {
  archiveBytes: jobBounds.archiveBytes,
  /** The engine's own limit is 127 layers; three documents, the config and the manifest come on top. */
  layers: 127,
  documentBytes: 1024 * 1024,
  /** Eleven octal digits: the largest size of a plain tar header. */
  layerBytes: 8 ** 11 - 1,
  /** Entries of all layers together: a full Debian desktop has 300,000. */
  layerEntries: 1_000_000,
} as const;
