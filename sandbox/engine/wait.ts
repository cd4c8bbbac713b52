import { callEngine } from "./call.ts";
import type { Engine } from "./connect.ts";
import { dial } from "./dial.ts";

/**
 * Waits until a container is no longer running, or is removed, and returns its exit code; -1 from an engine that lost sight of it.
 *
 * The engine sends the head of its answer at once and the body at the end. A connection that breaks between the two is an error here;
 * dockerode's own wait then never settles.
 * @throws ENGINE_FAILED, ENGINE_TIMED_OUT
 */
export function waitForContainer(
  engine: Engine,
  name: string,
  options: { until?: "not-running" | "removed"; timeoutMs?: number } = {},
): Promise<number> {
  const { until: condition = "not-running", timeoutMs } = options;
  const path = `/containers/${encodeURIComponent(name)}/wait?`;
  const wait = async (signal: AbortSignal) => {
    const answer = await dial<AsyncIterable<Uint8Array>>(engine, { method: "POST", path, query: { condition }, isStream: true, signal });
    const chunks: Uint8Array[] = [];
    for await (const chunk of answer) chunks.push(chunk);
    return (JSON.parse(Buffer.concat(chunks).toString("utf8")) as { StatusCode: number }).StatusCode;
  };
  return callEngine("wait", wait, timeoutMs === undefined ? {} : { timeoutMs });
}
