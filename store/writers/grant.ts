import type { Address } from "@parity-protocol/sdk";

/** The leave to make one write, and who is charged for it. */
export interface WriteGrant {
  /** The owner is not counted. */
  by: "owner" | "submitter" | "runner";
  /** What the write takes of the day's share of an address; the owner's takes nothing. */
  charge?: { address: Address; bytes: number; isProven: boolean };
  /** Until when what is written counts as used at least, milliseconds since 1970; now unless told. */
  usedUntilMs?: number;
  /** The blob is the manifest of a decided output, kept aside until all that it names is there. */
  isManifest?: boolean;
}

/** What a request wants to write. */
export interface WantedWrite {
  /** The path of the request. */
  path: string;
  /** The blob, or the task and the identity of a note. */
  target: { blob: string } | { note: { taskId: string; identity: string } };
}
