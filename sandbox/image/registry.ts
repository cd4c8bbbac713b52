import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { ParityError, repositoryPattern } from "@parity-protocol/sdk";
import { archiveBounds } from "./bounds.ts";

/** An image at an OCI registry, by what its manifest hashes to. */
export interface RegistryImage {
  /** The registry's host, perhaps with a port, and the repository: `registry.example.org/team/tool`. */
  repository: string;
  /** The manifest's sha256, 64 hexadecimal digits. */
  manifest: string;
}

/** How to reach a registry. */
export interface RegistryAccess {
  /** Another fetch, for whoever lets strangers name hosts; it must not follow redirects that it is told to hand over. */
  fetch?: typeof fetch;
  signal?: AbortSignal;
}

const MAX_REFERENCE = 400;
const MAX_REDIRECTS = 4;
/** The longest silence of a registry. */
const SILENCE_MS = 30_000;
const MAX_TOKEN_BYTES = 64 * 1024;
const manifestTypes = ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];

/** Reads `host/repository@sha256:…`; a tag alone names another image every day. @throws IMAGE_REFERENCE_INVALID */
export function parseImageReference(text: string): RegistryImage {
  const [, repository, manifest] = new RegExp(`^(${repositoryPattern})@sha256:([0-9a-f]{64})$`).exec(text.slice(0, MAX_REFERENCE)) ?? [];
  if (repository !== undefined && manifest !== undefined) return { repository, manifest };
  throw new ParityError(
    "IMAGE_REFERENCE_INVALID",
    `${JSON.stringify(text.slice(0, 300))} does not name an image by its manifest's digest.`,
  );
}

/** Talks to one repository of a registry, without an account; whatever it says is verified by whoever asked. */
export class Registry {
  readonly #image: RegistryImage;
  readonly #access: RegistryAccess;
  #token: string | undefined;

  constructor(image: RegistryImage, access: RegistryAccess = {}) {
    this.#image = image;
    this.#access = access;
  }

  /** Reads the image's manifest, verified by its digest. @throws REGISTRY_FAILED, IMAGE_NOT_FOUND, ARCHIVE_BLOB_MISMATCH */
  async readManifest(): Promise<Uint8Array> {
    const { manifest } = this.#image;
    return this.#readWhole(`manifests/sha256:${manifest}`, manifest);
  }

  /** Reads a small blob, verified by its digest. @throws REGISTRY_FAILED, IMAGE_NOT_FOUND, ARCHIVE_BLOB_MISMATCH, ARCHIVE_TOO_LARGE */
  async readDocument(sha256: string): Promise<Uint8Array> {
    return this.#readWhole(`blobs/sha256:${sha256}`, sha256);
  }

  /** Opens a blob; its digest is checked at its end, and it has `bytes` or fails. @throws REGISTRY_FAILED, IMAGE_NOT_FOUND */
  async *openBlob(sha256: string, bytes: number): AsyncGenerator<Buffer> {
    const { body, stop } = await this.#get(`blobs/sha256:${sha256}`);
    yield* verified(silenceBounded(body, stop), { sha256, bytes });
  }

  async #readWhole(path: string, sha256: string): Promise<Uint8Array> {
    const { body, stop } = await this.#get(path);
    const chunks: Buffer[] = [];
    for await (const chunk of verified(silenceBounded(body, stop), { sha256, bytes: archiveBounds.documentBytes, isExact: false }))
      chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async #get(path: string): Promise<Opened> {
    const [host = "", ...name] = this.#image.repository.split("/");
    const url = `${schemeOf(host)}://${host}/v2/${name.join("/")}/${path}`;
    const first = await this.#ask(url);
    if (first.response.status !== 401) return requireFound(first, this.#image);
    const challenge = first.response.headers.get("www-authenticate") ?? "";
    first.stop();
    this.#token = await this.#readToken(challenge);
    return requireFound(await this.#ask(url), this.#image);
  }

  /** Follows redirects one by one, so that each host passes the same guard; a token stays with the host that asked for it. */
  async #ask(url: string): Promise<Opened & { response: Response }> {
    let at = new URL(url);
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const isOwn = at.host === new URL(url).host;
      const headers = { accept: manifestTypes.join(", "), ...(isOwn && this.#token ? { authorization: `Bearer ${this.#token}` } : {}) };
      const opened = await this.#send(at, headers);
      const location = opened.response.headers.get("location");
      if (opened.response.status < 300 || opened.response.status >= 400 || location === null) return opened;
      opened.stop();
      at = new URL(location, at);
    }
    throw new ParityError("REGISTRY_FAILED", `The registry of ${this.#image.repository} redirects more than ${MAX_REDIRECTS} times.`);
  }

  async #send(url: URL, headers: Record<string, string>): Promise<Opened & { response: Response }> {
    const { fetch: send = fetch, signal } = this.#access;
    const stopping = new AbortController();
    const timer = setTimeout(() => stopping.abort(silent()), SILENCE_MS);
    try {
      const signals = signal ? [signal, stopping.signal] : [stopping.signal];
      const response = await send(url, { headers, redirect: "manual", signal: AbortSignal.any(signals) });
      return { response, body: response.body, stop: (reason) => stopping.abort(reason) };
    } catch (error) {
      signal?.throwIfAborted();
      throw failed(this.#image, error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Gets the token that a registry gives to anybody who asks for one. */
  async #readToken(challenge: string): Promise<string> {
    const parameter = (name: string) => new RegExp(`${name}="([^"]{1,500})"`).exec(challenge)?.[1];
    const realm = parameter("realm");
    if (!/^Bearer /i.test(challenge) || !realm || !/^https?:\/\//.test(realm) || !URL.canParse(realm))
      throw new ParityError("REGISTRY_FAILED", `The registry of ${this.#image.repository} wants an account.`);
    const url = new URL(realm);
    for (const name of ["service", "scope"]) url.searchParams.set(name, parameter(name) ?? "");
    const { response, body, stop } = await this.#send(url, {});
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of silenceBounded(body, stop)) {
      bytes += chunk.length;
      if (bytes > MAX_TOKEN_BYTES) break;
      chunks.push(chunk);
    }
    const answer = parseJson(Buffer.concat(chunks).toString("utf8"));
    const token = answer?.token ?? answer?.access_token;
    if (response.status === 200 && typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) return token;
    throw new ParityError("REGISTRY_FAILED", `The registry of ${this.#image.repository} gives no token for reading.`);
  }
}

interface Opened {
  body: ReadableStream<Uint8Array> | null;
  stop: (reason?: unknown) => void;
}

/** As Docker does: a registry on this machine needs no certificate. */
function schemeOf(host: string): "http" | "https" {
  const name = host.replace(/:\d+$/, "");
  return name === "localhost" || (isIP(name) === 4 && name.startsWith("127.")) ? "http" : "https";
}

function requireFound(opened: Opened & { response: Response }, { repository }: RegistryImage): Opened {
  const { status } = opened.response;
  if (status === 200) return opened;
  opened.stop();
  if (status === 404) throw new ParityError("IMAGE_NOT_FOUND", `The registry does not have it in ${repository}.`);
  throw new ParityError("REGISTRY_FAILED", `The registry of ${repository} answered ${status}.`);
}

function failed({ repository }: RegistryImage, error: unknown): ParityError {
  const cause = error instanceof Error && error.cause instanceof ParityError ? error.cause : error;
  if (cause instanceof ParityError) return cause;
  return new ParityError(
    "REGISTRY_FAILED",
    `The registry of ${repository} did not answer: ${cause instanceof Error ? cause.message : "no reason"}.`,
    { cause },
  );
}

function silent(): ParityError {
  return new ParityError("REGISTRY_FAILED", `The registry was silent for ${SILENCE_MS} ms.`);
}

/** Ends a body whose sender says nothing for too long. */
async function* silenceBounded(body: Opened["body"], stop: Opened["stop"]): AsyncGenerator<Buffer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const arm = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop(silent()), SILENCE_MS);
  };
  try {
    arm();
    for await (const chunk of body ?? []) {
      clearTimeout(timer);
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      arm();
    }
  } finally {
    clearTimeout(timer);
    stop();
  }
}

interface Claim {
  sha256: string;
  bytes: number;
  /** False where `bytes` is only a bound. */
  isExact?: boolean;
}

async function* verified(chunks: AsyncIterable<Buffer>, { sha256, bytes, isExact = true }: Claim): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > bytes) throw new ParityError("ARCHIVE_TOO_LARGE", `The registry sends more than ${bytes} bytes as blob ${sha256}.`);
    hash.update(chunk);
    yield chunk;
  }
  const actual = hash.digest("hex");
  if (actual === sha256 && (!isExact || total === bytes)) return;
  throw new ParityError("ARCHIVE_BLOB_MISMATCH", `The registry's blob sha256:${sha256} has ${total} bytes that hash to ${actual}.`);
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Not JSON: the caller says so.
    return undefined;
  }
}
