/** Hands out nonces one after another; after any failure or reorganisation the chain is asked for the next one, so that no gap is left. */
export class NonceQueue {
  readonly #read: () => Promise<number>;
  readonly #reorganisations: () => number;
  #next: { nonce: number; reorganisations: number } | undefined;
  #tail: Promise<unknown> = Promise.resolve();

  /**
   * @param read asks the chain for the next nonce, transactions on their way included
   * @param reorganisations how many there were so far: with blocks, the nonces in them are free again
   */
  constructor(read: () => Promise<number>, reorganisations: () => number = () => 0) {
    this.#read = read;
    this.#reorganisations = reorganisations;
  }

  /** Runs something that uses the next nonce. */
  next<T>(send: (nonce: number) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const reorganisations = this.#reorganisations();
      const nonce = this.#next?.reorganisations === reorganisations ? this.#next.nonce : await this.#read();
      this.#next = undefined;
      const sent = await send(nonce);
      this.#next = { nonce: nonce + 1, reorganisations };
      return sent;
    });
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(act);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}
