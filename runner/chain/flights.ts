import type { Hex } from "@parity-protocol/sdk";
import type { UnsettledTransaction } from "../journal/records.ts";
import { Flight } from "./flight.ts";
import type { MiningDeps } from "./until-mined.ts";

/** All transactions of a runner that are on their way, also those of before a restart. */
export class Flights {
  readonly #deps: MiningDeps;
  readonly #all = new Set<Flight>();
  #losses = 0;

  constructor(deps: MiningDeps) {
    this.#deps = deps;
    for (const versions of groupVersions(deps.journal.unsettled())) this.#begin(versions);
  }

  get count(): number {
    return this.#all.size;
  }

  /** How many transactions there were that will never be mined. */
  get losses(): number {
    return this.#losses;
  }

  /** Watches a transaction that was just signed. */
  begin(transaction: UnsettledTransaction): Flight {
    return this.#begin([transaction]);
  }

  /** Finds the transaction that takes a step. */
  find({ taskId, verb }: { taskId: Hex; verb: string }): Flight | undefined {
    return [...this.#all].find(({ steps }) => steps.some((step) => step.taskId === taskId && step.verb === verb));
  }

  /** Sends everything that is not mined once more, in the order of the nonces: an endpoint may have forgotten it, or be another one. */
  async remindAll(): Promise<void> {
    for (const flight of [...this.#all].sort((a, b) => a.nonce - b.nonce)) await flight.remind(this.#deps);
  }

  #begin(versions: readonly [UnsettledTransaction, ...UnsettledTransaction[]]): Flight {
    const isOnItsWay = (nonce: number) => [...this.#all].some((other) => other.nonce === nonce);
    const flight = new Flight(this.#deps, versions, isOnItsWay);
    this.#all.add(flight);
    void flight.landed.then((isLost) => {
      this.#all.delete(flight);
      if (isLost) this.#losses += 1;
    });
    return flight;
  }
}

/** Versions of one transaction share the nonce and the steps. */
function groupVersions(unsettled: readonly UnsettledTransaction[]): [UnsettledTransaction, ...UnsettledTransaction[]][] {
  const groups = new Map<string, [UnsettledTransaction, ...UnsettledTransaction[]]>();
  for (const transaction of unsettled) {
    const name = JSON.stringify([transaction.nonce, transaction.steps]);
    const group = groups.get(name);
    if (group) group.push(transaction);
    else groups.set(name, [transaction]);
  }
  return [...groups.values()];
}
