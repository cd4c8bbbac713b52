import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { create } from "multiformats/hashes/digest";
import type { Sha256Hex } from "../job/sha256.ts";
import { requireBlobName } from "./blob-name.ts";
import type { BlobSource } from "./blob-source.ts";
import { nonsense, refusalOf } from "./http/answer.ts";
import { exchange, type StoreAccess } from "./http/exchange.ts";
import { retry } from "./http/retry.ts";
import { accessOf, type HttpStoreOptions } from "./http-store.ts";
import { runConcurrently } from "./run-concurrently.ts";

/** The multihash code of sha2-256. */
const SHA2_256 = 0x12;
const ASKED_AT_ONCE = 16;

type Passed = { signal?: AbortSignal };

/**
 * Names a blob as IPFS does: the raw CIDv1 of the same sha256. It leads to blobs that were added as one raw block, which IPFS carries up
 * to about 2 MiB; a file that was added in pieces has a CID that no sha256 leads to.
 * @throws BLOB_NAME_INVALID
 */
export function cidOf(sha256: Sha256Hex): string {
  const bytes = Uint8Array.from(requireBlobName(sha256).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return CID.createV1(raw.code, create(SHA2_256, bytes)).toString();
}

/**
 * Makes a source of an IPFS gateway, which need not be trusted: it is asked for raw blocks (`?format=raw`), and readers hash what they get.
 * @throws STORE_URL_INVALID
 * @example const sources = [httpStore("https://store.example"), ipfsGateway("https://trustless-gateway.link")];
 */
export function ipfsGateway(url: string, options: Pick<HttpStoreOptions, "fetch" | "timeoutMs" | "minBytesPerSecond"> = {}): BlobSource {
  const access = accessOf(url, options);
  return {
    label: access.baseUrl,
    open: (sha256, passed = {}) => openBlock(access, sha256, passed),
    missing: async (names, passed = {}) => {
      const absent = new Set<Sha256Hex>();
      await runConcurrently(names, ASKED_AT_ONCE, async (name) => {
        if (!(await hasBlock(access, name, passed))) absent.add(name);
      });
      return names.filter((name) => absent.has(name));
    },
  };
}

function requestOf(method: "GET" | "HEAD", sha256: Sha256Hex) {
  return { method, path: `/ipfs/${cidOf(sha256)}?format=raw`, headers: { accept: "application/vnd.ipld.raw" } };
}

async function openBlock(access: StoreAccess, sha256: Sha256Hex, passed: Passed): Promise<ReadableStream<Uint8Array>> {
  return retry({ attempts: 2, pauseMs: 200, ...passed }, async () => {
    const answer = await exchange(access, { ...requestOf("GET", sha256), ...passed });
    if (answer.response.status !== 200) throw await refusalOf(answer, `GET block ${cidOf(sha256)}`);
    if (!answer.response.headers.get("content-type")?.startsWith("text/html")) return answer.body();
    answer.abandon();
    throw nonsense(access.baseUrl, "it serves a web page where a block should be");
  });
}

/** A gateway that looks for a block in vain takes long, and says 404, 410 or 504 in the end. */
async function hasBlock(access: StoreAccess, sha256: Sha256Hex, passed: Passed): Promise<boolean> {
  const answer = await exchange(access, { ...requestOf("HEAD", sha256), ...passed });
  const { status } = answer.response;
  if (status === 200) {
    await answer.readBody(0);
    return true;
  }
  answer.abandon();
  if (status === 404 || status === 410 || status === 504) return false;
  throw await refusalOf(answer, `HEAD block ${cidOf(sha256)}`);
}
