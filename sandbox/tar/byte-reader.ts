/** Reads exact amounts from a stream of chunks, holding no more than one chunk. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #onShort: () => Error;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>, onShort: () => Error) {
    this.#chunks = source[Symbol.asyncIterator]();
    this.#onShort = onShort;
  }

  /** Returns `bytes` bytes if they are there already: most headers are, and a layer has a million of them. */
  takeNow(bytes: number): Buffer | undefined {
    if (this.#rest.length < bytes) return undefined;
    const taken = this.#rest.subarray(0, bytes);
    this.#rest = this.#rest.subarray(bytes);
    return taken;
  }

  /** Returns between 1 and `atMost` bytes. */
  async some(atMost: number): Promise<Buffer> {
    if (!(await this.#fill())) throw this.#onShort();
    const taken = this.#rest.subarray(0, atMost);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /** Returns `bytes` bytes. The caller bounds the number. */
  async exactly(bytes: number): Promise<Buffer> {
    const ready = this.takeNow(bytes);
    if (ready) return ready;
    const parts: Buffer[] = [];
    for (let missing = bytes; missing > 0; missing -= parts.at(-1)?.length ?? 0) parts.push(await this.some(missing));
    return Buffer.concat(parts);
  }

  /** Passes over `bytes` bytes. */
  async skip(bytes: number): Promise<void> {
    for (let missing = bytes; missing > 0; ) missing -= (await this.some(missing)).length;
  }

  /** Reads to the end, so that whoever writes can finish. */
  async drain(): Promise<void> {
    while (await this.#fill()) this.#rest = Buffer.alloc(0);
  }

  /** Says whether the stream has ended. */
  async isAtEnd(): Promise<boolean> {
    return !(await this.#fill());
  }

  /** Lets go of the source; safe to call twice. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) return false;
      this.#rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    return true;
  }
}
