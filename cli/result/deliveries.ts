import { type Address, type BlobSource, type CommitteeMember, getStderrNote, type Hex, ParityError } from "@parity-protocol/sdk";

/** How long a store may be silent about a note: the output does not wait for it. */
const NOTE_TIMEOUT_MS = 5_000;

/** Whether a runner that revealed the accepted output has delivered it, as far as stores say: it leaves its stderr after the output. */
export interface Delivery {
  identity: Hex;
  runner?: Address;
  /** The first store where it did; absent where it left nothing anywhere, or the stores did not say. */
  store?: string;
  /** What it says that the job printed there; nothing can verify it. */
  stderr?: Uint8Array;
}

/** Whose deliveries to look for, and where. */
export interface DeliveryRequest {
  taskId: Hex;
  /** The runners that revealed this output. */
  matching: readonly CommitteeMember[];
  sources: readonly BlobSource[];
  signal: AbortSignal;
}

/** Asks the stores which of the matching runners left the output there. A store that does not answer is passed over. */
export function findDeliveries({ taskId, matching, sources, signal }: DeliveryRequest): Promise<Delivery[]> {
  return Promise.all(
    matching.map(async ({ identity, runner }) => {
      const named = { identity, ...(runner ? { runner } : {}) };
      for (const { label } of sources) {
        const options = { signal, timeoutMs: NOTE_TIMEOUT_MS };
        const stderr = await getStderrNote(label, { taskId, identity }, options).catch(() => undefined);
        signal.throwIfAborted();
        if (stderr) return { ...named, store: label, stderr };
      }
      return named;
    }),
  );
}

/** Adds to the reason why an output cannot be had which of its runners left nothing. */
export async function namingDefaulters(error: ParityError, request: DeliveryRequest): Promise<ParityError> {
  const missing = (await findDeliveries(request)).filter(({ store }) => store === undefined);
  if (missing.length === 0) return error;
  const names = missing.map(nameOf).join(", ");
  const message = `${error.message} ${missing.length} of ${request.matching.length} matching runners left nothing at these stores: ${names}.`;
  const { code, hint, details } = error;
  return new ParityError(code, message, {
    hint,
    details: { ...details, undelivered: missing.map(({ identity }) => identity) },
    cause: error,
  });
}

/** What to call the runner behind a delivery. */
export function nameOf({ runner, identity }: Pick<Delivery, "runner" | "identity">): string {
  return runner ?? identity;
}
