import { isBlobName, ParityError, type Sha256Hex } from "@parity-protocol/sdk";
import type { Call } from "./call.ts";
import { receiveWhole } from "./receive.ts";
import { sendJson } from "./send.ts";

/** How many names one request may ask for, and how long it may be: a name takes 67 bytes, and there may be white space. */
const MAX_NAMES = 10_000;
const MAX_BODY_BYTES = 1024 ** 2;

/** Answers POST /blobs/missing: of a JSON list of names, those that the store does not have. @throws STORE_REQUEST_INVALID */
export async function listMissing(call: Call): Promise<void> {
  const names = parseNames(await receiveWhole(call, MAX_BODY_BYTES));
  sendJson(call, { status: 200, json: await call.folder.missing(names) });
}

function parseNames(body: Buffer): Sha256Hex[] {
  const refuse = () => new ParityError("STORE_REQUEST_INVALID", `The body must be a JSON list of at most ${MAX_NAMES} blob names.`);
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw refuse();
  }
  if (!Array.isArray(value) || value.length > MAX_NAMES || !value.every(isBlobName)) throw refuse();
  return [...new Set(value)];
}
