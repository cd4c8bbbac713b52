import { ParityError } from "@parity-protocol/sdk";

/** How much a folder holds and how much it may hold, in bytes. */
export interface SpaceUse {
  bytes: number;
  maxBytes: number;
}

/**
 * Keeps count of the bytes that a folder holds or has promised to a write under way, so that several writes at once cannot pass the
 * bound together.
 */
export class Space {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get use(): SpaceUse {
    return { bytes: this.#bytes, maxBytes: this.#maxBytes };
  }

  /** Counts what is there already. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Gives bytes back, of a write that came to nothing or of something removed. */
  release(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Promises room before it is written to. @throws STORE_FULL */
  reserve(bytes: number): void {
    if (this.#bytes + bytes > this.#maxBytes)
      throw new ParityError("STORE_FULL", `${bytes} bytes do not fit: ${this.#bytes} of ${this.#maxBytes} bytes are taken.`, {
        details: { bytes, takenBytes: this.#bytes, maxBytes: this.#maxBytes },
      });
    this.#bytes += bytes;
  }
}
