/** Runs something once all that was given before has ended, whether it succeeded or not. */
export type InTurn = <T>(act: () => Promise<T>) => Promise<T>;

/**
 * Makes a turn for one account: actions that are given it as `inTurn` send their transactions one after another, each with the next
 * nonce, and wait for them together.
 * @example
 * const inTurn = takeTurns();
 * await Promise.all(tasks.map((task) => postTask(client, { ...task, inTurn })));
 */
export function takeTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const turn = last.then(act);
    last = turn.catch(() => undefined);
    return turn;
  };
}
