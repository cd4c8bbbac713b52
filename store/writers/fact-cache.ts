/** How many answers are kept, and how many questions are open at a time: what strangers ask for must not flood the RPC. */
const MAX_FACTS = 20_000;
const AT_ONCE = 8;

interface Fact {
  answer: Promise<unknown>;
  /** Milliseconds since 1970; open questions have none. */
  until?: number;
}

/** Remembers answers for a while, asks each question once at a time, and few at once. */
export class FactCache {
  readonly #facts = new Map<string, Fact>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** Gives a remembered answer, or asks; a failure is not remembered. `lasts` says for how long an answer holds, in milliseconds. */
  ask<T>(name: string, read: () => Promise<T>, lasts: (answer: T) => number): Promise<T> {
    const known = this.#facts.get(name);
    if (known && (known.until === undefined || known.until > Date.now())) return known.answer as Promise<T>;
    const fact: Fact = { answer: this.inTurn(read) };
    this.#facts.delete(name);
    this.#facts.set(name, fact);
    if (this.#facts.size > MAX_FACTS) this.#facts.delete(this.#facts.keys().next().value ?? name);
    fact.answer.then(
      (answer) => {
        fact.until = Date.now() + lasts(answer as T);
      },
      () => this.#facts.delete(name),
    );
    return fact.answer as Promise<T>;
  }

  /** Runs a question when it is its turn. */
  async inTurn<T>(read: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await read();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
