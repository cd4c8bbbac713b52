import {
  decodeOutputManifest,
  isParityError,
  jobBounds,
  type OutputManifest,
  ParityError,
  readBlob,
  type Sha256Hex,
} from "@parity-protocol/sdk";
import { createNodeSha256 } from "@parity-protocol/sdk/node";
import type { FolderStore } from "../folder-store.ts";

/** What a manifest allows to be written. */
interface Named {
  /** Sizes by name. */
  blobs: ReadonlyMap<Sha256Hex, number>;
  bytes: number;
}

/** A blob that a runner wants to write as part of an output. */
export interface OutputPart {
  manifest: Sha256Hex;
  sha256: Sha256Hex;
  bytes: number;
  /** The task's output limit. */
  outputBytes: number;
}

/** How many manifests are kept read: one names at most 65,537 blobs. */
const MAX_READ = 16;

/**
 * Manifests that came before the blobs that they name. They are kept aside, so that a manifest that can be read leads to blobs that can
 * be read, and say which blobs may be written.
 */
export class AnnouncedOutputs {
  readonly #aside: FolderStore;
  readonly #folder: FolderStore;
  readonly #read = new Map<Sha256Hex, Named>();

  constructor(aside: FolderStore, folder: FolderStore) {
    this.#aside = aside;
    this.#folder = folder;
  }

  /** Where manifests wait. */
  get aside(): FolderStore {
    return this.#aside;
  }

  /** Says whether all that a manifest names is there, so that it may be read. @throws OUTPUT_MANIFEST_INVALID */
  async isComplete(manifest: Sha256Hex): Promise<boolean> {
    const { blobs } = await this.#named(manifest);
    return (await this.#folder.missing([...blobs.keys()])).length === 0;
  }

  /**
   * Requires that a manifest that is here names the blob, and that the whole output is within the task's limit.
   * @throws STORE_WRITE_NOT_DUE, STORE_REFUSED, BLOB_TOO_LARGE, OUTPUT_MANIFEST_INVALID
   */
  async requireNamed({ manifest, sha256, bytes, outputBytes }: OutputPart): Promise<void> {
    const named = await this.#named(manifest);
    if (named.bytes > outputBytes)
      throw new ParityError("BLOB_TOO_LARGE", `The output has ${named.bytes} bytes; its task allows ${outputBytes}.`);
    if (named.blobs.get(sha256) !== bytes)
      throw new ParityError("STORE_REFUSED", `The output ${manifest} names no blob ${sha256} of ${bytes} bytes.`);
  }

  async #named(manifest: Sha256Hex): Promise<Named> {
    const known = this.#read.get(manifest);
    if (known) return known;
    const named = namedBy(decodeOutputManifest(await this.#readManifest(manifest)));
    this.#read.set(manifest, named);
    if (this.#read.size > MAX_READ) this.#read.delete(this.#read.keys().next().value ?? manifest);
    return named;
  }

  async #readManifest(sha256: Sha256Hex): Promise<Uint8Array> {
    try {
      const request = { sha256, maxBytes: jobBounds.manifestBytes, createHash: createNodeSha256 };
      return await readBlob([this.#folder, this.#aside], request);
    } catch (cause) {
      if (!isParityError(cause, "BLOB_NOT_FOUND")) throw cause;
      throw new ParityError("STORE_WRITE_NOT_DUE", `The output's manifest ${sha256} is not here yet: it says which blobs are taken.`, {
        cause,
      });
    }
  }
}

function namedBy(manifest: OutputManifest): Named {
  if (manifest.outcome !== "exited") return { blobs: new Map(), bytes: 0 };
  const parts = [manifest.stdout, ...manifest.files];
  const blobs = new Map(parts.map(({ sha256, bytes }) => [sha256, bytes]));
  return { blobs, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) };
}
