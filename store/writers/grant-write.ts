import { createHash, timingSafeEqual } from "node:crypto";
import { type Address, decodeWriteAuthorization, ParityError, storeWriteTypedData, type WriteAuthorization } from "@parity-protocol/sdk";
import { hashTypedData, isAddressEqual, recoverAddress } from "viem";
import type { Call } from "../http/call.ts";
import { announcedBytes } from "../http/receive.ts";
import type { WantedWrite, WriteGrant } from "./grant.ts";
import { grantRunner } from "./grant-runner.ts";
import { grantSubmitter } from "./grant-submitter.ts";
import type { SignedWriting } from "./signed-writing.ts";

/** A signature may be meant for so much later at most, in seconds: clocks differ. */
const MAX_VALID_SECONDS = 900;
/** What is refused has cost the store a check, and perhaps a question to the chain, for nothing. */
const REFUSED_COST = 20;

/**
 * The one place that decides who may write: the owner by token; a submitter within a quota, or a runner whose output is due, by
 * signature; nobody else.
 * @throws STORE_REFUSED, STORE_WRITE_NOT_DUE, STORE_BUSY, STORE_REQUEST_INVALID, BLOB_TOO_LARGE, RPC_UNREACHABLE
 */
export async function grantWrite(call: Call, wanted: WantedWrite): Promise<WriteGrant> {
  const header = call.request.headers.authorization ?? "";
  if (/^Parity /i.test(header) && call.signed) return grantPaced(call, { wanted, header, signed: call.signed });
  requireToken(call, header);
  return { by: "owner" };
}

/** Compared by hash, so that neither the token's length nor its beginning shows in the time it takes. */
function requireToken({ token, signed }: Call, header: string): void {
  if (token === undefined && signed === undefined)
    throw new ParityError("STORE_REFUSED", "This store takes no writes: it was started without a token and without a chain.", {
      hint: "Start the store with STORE_TOKEN, or with STORE_RPC_URL and STORE_ESCROW, to write to it, or write to another store.",
    });
  const given = /^Bearer +(\S+) *$/i.exec(header)?.[1];
  if (given === undefined)
    throw new ParityError("STORE_REFUSED", signed ? "Writing needs a bearer token or a signature." : "Writing needs a bearer token.");
  if (token === undefined || !timingSafeEqual(digest(given), digest(token)))
    throw new ParityError("STORE_REFUSED", "The bearer token is wrong.");
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

interface SignedRequest {
  wanted: WantedWrite;
  header: string;
  signed: SignedWriting;
}

/** Bounds how much checking one peer causes: who is refused again and again soon waits long. */
async function grantPaced(call: Call, request: SignedRequest): Promise<WriteGrant> {
  const { requirePace, charge } = request.signed.pace;
  requirePace(call.peer);
  try {
    return await grantSigned(call, request);
  } catch (error) {
    charge(call.peer, REFUSED_COST);
    throw error;
  }
}

async function grantSigned(call: Call, { wanted, header, signed }: SignedRequest): Promise<WriteGrant> {
  const authorization = decodeWriteAuthorization(header);
  if (!authorization) throw new ParityError("STORE_REQUEST_INVALID", "The Authorization header of the scheme Parity cannot be read.");
  const bytes = announcedBytes(call);
  if (bytes === undefined) throw new ParityError("STORE_REQUEST_INVALID", "A signed write must say its Content-Length.");
  requireOwn(authorization, signed);
  requireTimely(authorization);
  const sha256 = "blob" in wanted.target ? wanted.target.blob : call.request.headers["parity-sha256"];
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256))
    throw new ParityError("STORE_REQUEST_INVALID", "A signed note must say its sha256 in Parity-Sha256.");
  await requireSignature(signed, authorization, { ...authorization, path: wanted.path, sha256, bytes });
  signed.pace.requirePace(authorization.writer.toLowerCase());
  const isSubmitter = /^0x0{64}$/.test(authorization.taskId);
  const write = { ...authorization, sha256, bytes, target: wanted.target };
  return isSubmitter ? grantSubmitter(signed, write) : grantRunner({ ...signed, folder: call.folder, announced: call.announced }, write);
}

function requireOwn({ store }: WriteAuthorization, { publicUrls }: SignedWriting): void {
  if (publicUrls.includes(store)) return;
  throw new ParityError("STORE_REFUSED", "The signature is meant for a store at another address.", {
    hint: `This store calls itself ${publicUrls.join(", ")}; its owner says others in STORE_PUBLIC_URLS.`,
  });
}

function requireTimely({ expiresAt }: WriteAuthorization): void {
  const now = Math.floor(Date.now() / 1000);
  if (expiresAt >= now && expiresAt <= now + MAX_VALID_SECONDS) return;
  throw new ParityError("STORE_REFUSED", `The signature is valid until ${expiresAt}; it is ${now}.`, {
    hint: "Check the clocks of both machines.",
  });
}

async function requireSignature(
  { facts }: SignedWriting,
  { writer, signature }: WriteAuthorization,
  write: Parameters<typeof storeWriteTypedData>[0],
): Promise<void> {
  const hash = hashTypedData(storeWriteTypedData(write, facts.domain));
  // What is no signature of a key may be one of a contract.
  const signatory: Address | undefined = await recoverAddress({ hash, signature }).catch(() => undefined);
  if (signatory && isAddressEqual(signatory, writer)) return;
  if (await facts.isSignedByContract(writer, hash, signature)) return;
  throw new ParityError("STORE_REFUSED", `The signature is not ${writer}'s, or is for another request.`);
}
