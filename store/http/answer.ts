import { ParityError } from "@parity-protocol/sdk";
import { busy } from "../writers/signed-writing.ts";
import type { Call } from "./call.ts";
import { serveStderr, takeStderr } from "./keep-stderr.ts";
import { listMissing } from "./list-missing.ts";
import { methodsOf, type Route, routeOf } from "./route.ts";
import { sendError, sendJson, writeHead } from "./send.ts";
import { serveBlob } from "./serve-blob.ts";
import { takeBlob } from "./take-blob.ts";

/** Answers one request; an error becomes its JSON. */
export async function answer(call: Call): Promise<void> {
  try {
    requirePace(call);
    const route = routeOf(call.request.url ?? "");
    const { method = "" } = call.request;
    if (method === "OPTIONS") sendPreflight(call, route);
    else if (methodsOf[route.name].includes(method)) await answerRoute(call, route);
    else refuseMethod(call, route);
  } catch (error) {
    sendError(call, error);
  }
}

/** Bounds what one peer can ask for. @throws STORE_BUSY */
function requirePace({ requests, peer }: Call): void {
  const refusal = requests?.take(peer, 1, Date.now());
  if (refusal) throw busy(refusal.retryAfterSeconds);
}

async function answerRoute(call: Call, route: Route): Promise<void> {
  const isWrite = call.request.method === "PUT";
  switch (route.name) {
    case "blob":
      return isWrite ? takeBlob(call, route.sha256) : serveBlob(call, route.sha256);
    case "missing":
      return listMissing(call);
    case "stderr":
      return isWrite ? takeStderr(call, route) : serveStderr(call, route);
    case "health":
      sendJson(call, { status: 200, json: { ok: true, ...(await call.folder.use()) } });
  }
}

function refuseMethod(call: Call, route: Route): void {
  const allowed = methodsOf[route.name].join(", ");
  const { code, message, hint } = new ParityError("STORE_ROUTE_UNKNOWN", `Only ${allowed} are answered here.`);
  sendJson(call, { status: 405, json: { code, message, hint }, headers: { allow: allowed } });
}

/** Lets a page of any origin read, and write if its user gives it the token. */
function sendPreflight(call: Call, route: Route): void {
  writeHead(call, 204, {
    "access-control-allow-methods": methodsOf[route.name].join(", "),
    "access-control-allow-headers": "authorization, content-type, range, if-range, if-none-match, parity-sha256",
    "access-control-max-age": "86400",
  });
  call.response.end();
}
