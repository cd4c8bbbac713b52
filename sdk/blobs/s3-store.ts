import { AwsV4Signer } from "aws4fetch";
import { ParityError } from "../errors/index.ts";
import type { Sha256Hex } from "../job/sha256.ts";
import { requireBlobName } from "./blob-name.ts";
import type { Blobbed, BlobStore } from "./blob-source.ts";
import { nonsense, refusalOf } from "./http/answer.ts";
import { type Exchange, exchange, type StoreAccess, type StoreRequest } from "./http/exchange.ts";
import { retry } from "./http/retry.ts";
import { uploadBody } from "./http/upload-body.ts";
import { accessOf, type HttpStoreOptions } from "./http-store.ts";
import { runConcurrently } from "./run-concurrently.ts";

/** A bucket of an S3-compatible service, and the key that opens it. */
export interface S3StoreOptions extends Pick<HttpStoreOptions, "fetch" | "timeoutMs" | "minBytesPerSecond"> {
  /** The service's base URL; the bucket is the first part of the path. */
  endpoint: string;
  bucket: string;
  accessKeyId: string;
  /** Never shown in a message. */
  secretAccessKey: string;
  /** For temporary keys. */
  sessionToken?: string;
  /** us-east-1 unless told. */
  region?: string;
}

type Passed = { signal?: AbortSignal };

/** A PUT of a single object takes at most so much; larger blobs belong into another store. */
const MAX_OBJECT_BYTES = 5 * 1024 ** 3;
const ASKED_AT_ONCE = 16;
/** The sha256 of no bytes, which a read is signed with. */
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/**
 * Makes a store of a bucket, signed by AWS Signature Version 4. A blob is the object `blobs/<sha256>`, so that a bucket that anyone may
 * read is, at its own URL, a mirror for `httpStore`. What is written is signed with its sha256: the service refuses other bytes.
 * @throws STORE_URL_INVALID
 * @example const store = s3Store({ endpoint: "https://s3.example", bucket: "blobs", accessKeyId, secretAccessKey });
 */
export function s3Store(options: S3StoreOptions): BlobStore {
  const access = accessOf(`${options.endpoint.replace(/\/+$/, "")}/${encodeURIComponent(options.bucket)}`, options);
  const bucket: Bucket = { access, options };
  return {
    label: access.baseUrl,
    open: (sha256, passed = {}) => openAt(bucket, { sha256: requireBlobName(sha256), first: 0 }, passed),
    openFrom: (sha256, first, passed = {}) => openAt(bucket, { sha256: requireBlobName(sha256), first }, passed),
    missing: async (names, passed = {}) => {
      const absent = new Set<Sha256Hex>();
      await runConcurrently(names, ASKED_AT_ONCE, async (name) => {
        if (!(await has(bucket, requireBlobName(name), passed))) absent.add(name);
      });
      return names.filter((name) => absent.has(name));
    },
    put: (blob, passed = {}) => put(bucket, blob, passed),
  };
}

interface Bucket {
  access: StoreAccess;
  options: S3StoreOptions;
}

interface SignedCall extends StoreRequest {
  /** Of the body. */
  sha256: Sha256Hex;
}

/** Signs a request and sends it. */
async function send({ access, options }: Bucket, call: SignedCall, bodyWith?: Parameters<typeof exchange>[2]): Promise<Exchange> {
  const { accessKeyId, secretAccessKey, sessionToken, region = "us-east-1" } = options;
  const { method, path, sha256, headers = {}, signal } = call;
  const signer = new AwsV4Signer({
    url: `${access.baseUrl}${path}`,
    method,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    region,
    service: "s3",
    headers: { ...headers, "x-amz-content-sha256": sha256 },
  });
  const signed = Object.fromEntries((await signer.sign()).headers);
  return exchange(access, { method, path, headers: { ...signed, ...headers }, ...(signal ? { signal } : {}) }, bodyWith);
}

async function openAt(bucket: Bucket, { sha256, first }: { sha256: Sha256Hex; first: number }, passed: Passed) {
  const path = `/blobs/${sha256}`;
  const headers: Record<string, string> = first > 0 ? { range: `bytes=${first}-` } : {};
  return retry({ attempts: 2, pauseMs: 200, ...passed }, async () => {
    const answer = await send(bucket, { method: "GET", path, headers, sha256: EMPTY_SHA256, ...passed });
    if (answer.response.status === (first > 0 ? 206 : 200)) return answer.body();
    if (answer.response.status !== 200) throw await refusalOf(answer, `GET blob ${sha256}`);
    answer.abandon();
    throw nonsense(answer.label, "it does not know ranges");
  });
}

async function has(bucket: Bucket, sha256: Sha256Hex, passed: Passed): Promise<boolean> {
  return retry({ attempts: 2, pauseMs: 200, ...passed }, async () => {
    const answer = await send(bucket, { method: "HEAD", path: `/blobs/${sha256}`, sha256: EMPTY_SHA256, ...passed });
    const { status } = answer.response;
    if (status !== 200 && status !== 404) throw await refusalOf(answer, `HEAD blob ${sha256}`);
    await answer.readBody(0);
    return status === 200;
  });
}

async function put(bucket: Bucket, blob: Blobbed, passed: Passed): Promise<void> {
  const { sha256, bytes } = blob;
  if (bytes > MAX_OBJECT_BYTES)
    throw new ParityError("BLOB_TOO_LARGE", `Blob ${sha256} has ${bytes} bytes; a bucket takes ${MAX_OBJECT_BYTES} at once.`);
  await retry({ attempts: 3, pauseMs: 250, ...passed }, async () => {
    if (await has(bucket, requireBlobName(sha256), passed)) return;
    const headers = { "content-type": "application/octet-stream", "content-length": String(bytes) };
    const answer = await send(bucket, { method: "PUT", path: `/blobs/${sha256}`, headers, sha256, ...passed }, await uploadBody(blob));
    if (answer.response.status !== 200) throw await refusalOf(answer, `PUT blob ${sha256}`, true);
    await answer.readBody(MAX_ACCEPTANCE_BYTES);
  });
}

const MAX_ACCEPTANCE_BYTES = 4096;
