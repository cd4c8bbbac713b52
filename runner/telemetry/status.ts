import type { Address, Hex } from "@parity-protocol/sdk";

/** What a runner says of itself to its operator. Amounts are decimal strings, in wei or the asset's smallest unit; times unix seconds. */
export interface RunnerStatus {
  /** `live`: the runner answered; `journal`: it does not run, or serves no status, and its journal was read. */
  source: "live" | "journal";
  runner: Address;
  escrow: Address;
  chainId: number;
  payee?: Address;
  /** The chain's time when this was said; the host's where only the journal was read. */
  now: number;
  /** Why it is not ready to take tasks; empty where it is. */
  notReady: NotReady[];
  head?: { block: number; ageSeconds: number };
  gas?: { balanceWei: string; neededWei: string };
  free?: { slots: number; cpus: number; memoryBytes: number; diskBytes: number };
  /** Since midnight, UTC. */
  today: { payouts: number; earnedWei: string; gasWei: string };
  tasks: TaskStatus[];
}

export type NotReady = "chain-not-followed" | "gas-short" | "disk-short" | "stopping";

/** One task in hand. */
export interface TaskStatus {
  taskId: Hex;
  /** The step that it is at, or why it waits. */
  step: string;
  /** What the slot stands at. */
  slot: "none" | "reserved" | "foreign" | "committed" | "revealed" | "unknown";
  /** The next time that matters, unix seconds: the end of the commits or of the reveals. */
  deadline: number;
  /** The least that a slot is paid. */
  shareWei: string;
  bondWei: string;
}

/** The last midnight before a time, UTC, both in unix milliseconds. */
export function midnightBefore(ms: number): number {
  return ms - (ms % 86_400_000);
}
