import { isBlobName, ParityError, type Sha256Hex } from "@parity-protocol/sdk";

/** What a request asks for. */
export type Route =
  | { name: "blob"; sha256: Sha256Hex }
  | { name: "missing" }
  | { name: "stderr"; taskId: string; identity: string }
  | { name: "health" };

/** Which methods each route answers; OPTIONS is answered everywhere. */
export const methodsOf: Readonly<Record<Route["name"], readonly string[]>> = {
  blob: ["GET", "HEAD", "PUT"],
  missing: ["POST"],
  stderr: ["GET", "HEAD", "PUT"],
  health: ["GET", "HEAD"],
};

const STDERR_PATH = /^\/tasks\/(0x[0-9a-f]{64})\/runners\/(0x[0-9a-f]{64})\/stderr$/;

/**
 * Reads what a request asks for from its target.
 * @throws BLOB_NAME_INVALID, STORE_ROUTE_UNKNOWN
 */
export function routeOf(target: string): Route {
  const path = target.split("?", 1)[0] ?? "";
  if (path === "/healthz") return { name: "health" };
  if (path === "/blobs/missing") return { name: "missing" };
  const blob = /^\/blobs\/([^/]+)$/.exec(path)?.[1];
  if (blob !== undefined) return blobRoute(blob);
  const [, taskId, identity] = STDERR_PATH.exec(path) ?? [];
  if (taskId && identity) return { name: "stderr", taskId, identity };
  throw new ParityError("STORE_ROUTE_UNKNOWN", `There is nothing at ${shown(path)}.`);
}

function blobRoute(name: string): Route {
  if (isBlobName(name)) return { name: "blob", sha256: name };
  throw new ParityError("BLOB_NAME_INVALID", `${shown(name)} is not the name of a blob.`);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
