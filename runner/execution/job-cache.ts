import { type BlobSource, decodeJobSpec, type Hex, type JobSpec, jobBounds, readBlob, type Sha256Hex } from "@parity-protocol/sdk";
import { blobFromBytes, createNodeSha256 } from "@parity-protocol/sdk/node";
import { type FolderStore, fetchInto, type WantedBlob } from "@parity-protocol/store";

/** Where to look for what is not in the cache. */
export interface Fetching {
  sources: readonly BlobSource[];
  signal: AbortSignal;
}

/** What jobs are made of, on this disk: fetched once, verified, and removed, the oldest first, when others need the room. */
export class JobCache {
  readonly folder: FolderStore;
  readonly #registriesOf: (image: JobSpec["image"]) => BlobSource[];
  readonly #inUse = new Map<Hex, ReadonlySet<Sha256Hex>>();

  /**
   * @param folder its bound is the bound of the cache
   * @param registriesOf where an image can be pulled from, besides the stores
   */
  constructor(folder: FolderStore, registriesOf: (image: JobSpec["image"]) => BlobSource[] = () => []) {
    this.folder = folder;
    this.#registriesOf = registriesOf;
  }

  /**
   * Fetches and validates a job spec.
   * @throws BLOB_NOT_FOUND, BLOB_CORRUPT, BLOB_TOO_LARGE, STORE_UNREACHABLE, JOB_SPEC_INVALID, JOB_SPEC_NOT_CANONICAL
   */
  async fetchSpec(jobHash: Hex, { sources, signal }: Fetching): Promise<JobSpec> {
    const request = { sha256: jobHash.slice(2), maxBytes: jobBounds.specBytes, signal, createHash: createNodeSha256 };
    const bytes = await readBlob([this.folder, ...sources], request);
    const spec = decodeJobSpec(bytes);
    await this.#makeRoom(bytes.length);
    await this.folder.put(blobFromBytes(bytes), { signal });
    return spec;
  }

  /**
   * Fetches the image archive and the input files of a task's job, small ones many at a time. They stay until the task is released.
   * @throws BLOB_NOT_FOUND, BLOB_CORRUPT, BLOB_TOO_LARGE, STORE_UNREACHABLE, STORE_FULL, STORE_DISK_FAILED; REGISTRY_FAILED and the ARCHIVE_
   * codes of an image that is only at a registry
   */
  async fetchParts(taskId: Hex, spec: JobSpec, { sources, signal }: Fetching): Promise<void> {
    const parts = partsOf(spec);
    this.#inUse.set(taskId, new Set(parts.map(({ sha256 }) => sha256)));
    const absent = new Set(await this.folder.missing(parts.map(({ sha256 }) => sha256)));
    const wanted = parts.filter(({ sha256 }) => absent.has(sha256));
    if (wanted.length === 0) return;
    await this.#makeRoom(wanted.reduce((sum, { bytes }) => sum + bytes, 0));
    // Only the image is at a registry; stores are asked first, since one answer of theirs brings all of it.
    const isImage = ({ sha256 }: WantedBlob) => sha256 === spec.image.archive;
    await fetchInto(this.folder, wanted.filter(isImage), { sources: [...sources, ...this.#registriesOf(spec.image)], signal });
    await fetchInto(
      this.folder,
      wanted.filter((part) => !isImage(part)),
      { sources, signal },
    );
  }

  /** Allows the parts of a task's job to be removed. */
  release(taskId: Hex): void {
    this.#inUse.delete(taskId);
  }

  async #makeRoom(bytes: number): Promise<void> {
    const { bytes: taken, maxBytes } = await this.folder.use();
    let excess = taken + bytes - maxBytes;
    if (excess <= 0) return;
    const used = new Set([...this.#inUse.values()].flatMap((names) => [...names]));
    const removable = (await Array.fromAsync(this.folder.list())).filter(({ sha256 }) => !used.has(sha256));
    for (const blob of removable.sort((a, b) => a.storedAtMs - b.storedAtMs)) {
      if (excess <= 0) return;
      if (await this.folder.remove(blob.sha256)) excess -= blob.bytes;
    }
  }
}

/** Lists the blobs that a job is made of, besides its spec; each once. */
function partsOf({ image, input }: JobSpec): WantedBlob[] {
  const parts = [{ sha256: image.archive, bytes: image.bytes }, ...input.map(({ sha256, bytes }) => ({ sha256, bytes }))];
  return [...new Map(parts.map((part) => [part.sha256, part])).values()];
}
