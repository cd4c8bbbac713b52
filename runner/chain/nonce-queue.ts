/** Hands out nonces one after another; after any failure or step back the chain is asked for the next one, so that no gap is left. */
export class NonceQueue {
  readonly #read: () => Promise<number>;
  readonly #stepsBack: () => number;
  #next: { nonce: number; stepsBack: number } | undefined;
  #tail: Promise<unknown> = Promise.resolve();

  /**
   * @param read asks the chain for the next nonce, transactions on their way included
   * @param stepsBack how often nonces became free again so far: with the blocks that they were in, or with transactions that were lost
   */
  constructor(read: () => Promise<number>, stepsBack: () => number = () => 0) {
    this.#read = read;
    this.#stepsBack = stepsBack;
  }

  /** Runs something that uses the next nonce. */
  next<T>(send: (nonce: number) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const stepsBack = this.#stepsBack();
      const nonce = this.#next?.stepsBack === stepsBack ? this.#next.nonce : await this.#read();
      this.#next = undefined;
      const sent = await send(nonce);
      this.#next = { nonce: nonce + 1, stepsBack };
      return sent;
    });
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(act);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}
