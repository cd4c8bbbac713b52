/** Hands out nonces one after another; after any failure the chain is asked for the next one, so that no gap is left. */
export class NonceQueue {
  readonly #read: () => Promise<number>;
  #next: number | undefined;
  #tail: Promise<unknown> = Promise.resolve();

  /** @param read asks the chain for the next nonce, transactions on their way included */
  constructor(read: () => Promise<number>) {
    this.#read = read;
  }

  /** Runs something that uses the next nonce. */
  next<T>(send: (nonce: number) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const nonce = this.#next ?? (await this.#read());
      this.#next = undefined;
      const sent = await send(nonce);
      this.#next = nonce + 1;
      return sent;
    });
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(act);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}
