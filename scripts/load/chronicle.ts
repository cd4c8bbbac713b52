import { type Address, type ChainClient, type Hex, scanEvents, type Task, type TaskEvent } from "@parity-protocol/sdk";
import { getBlockNumber } from "viem/actions";

type EventNamed<Name extends TaskEvent["name"]> = Extract<TaskEvent, { name: Name }>;

/** Everything that has happened in an escrow, as far as it was read. */
export class Chronicle {
  readonly events: TaskEvent[] = [];
  readonly tasks = new Map<Hex, Task>();
  readonly #byTask = new Map<Hex, TaskEvent[]>();
  readonly #client: ChainClient;
  readonly #escrow: Address;
  #next: bigint;
  #reading: Promise<void> = Promise.resolve();

  constructor(client: ChainClient, { escrow, fromBlock }: { escrow: Address; fromBlock: bigint }) {
    this.#client = client;
    this.#escrow = escrow;
    this.#next = fromBlock;
  }

  /** Reads what has happened since the last time. */
  read(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#readOn());
    return this.#reading;
  }

  /** What happened to a task, in the chain's order. */
  of(taskId: Hex): readonly TaskEvent[] {
    return this.#byTask.get(taskId) ?? [];
  }

  /** All events of a name, of one task where one is named. */
  named<Name extends TaskEvent["name"]>(name: Name, taskId?: Hex): EventNamed<Name>[] {
    return (taskId === undefined ? this.events : this.of(taskId)).filter((event): event is EventNamed<Name> => event.name === name);
  }

  async #readOn(): Promise<void> {
    const toBlock = await getBlockNumber(this.#client, { cacheTime: 0 });
    if (toBlock < this.#next) return;
    const range = { escrow: this.#escrow, fromBlock: this.#next, toBlock };
    for await (const { events, tasks } of scanEvents(this.#client, range)) {
      for (const task of tasks) this.tasks.set(task.taskId, task);
      for (const event of events) this.#note(event);
    }
    this.#next = toBlock + 1n;
  }

  #note(event: TaskEvent): void {
    this.events.push(event);
    const { taskId } = event.args;
    this.#byTask.set(taskId, [...this.of(taskId), event]);
  }
}
