import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from "node:http";
import { connect } from "node:net";
import { type StoreServer, type StoreServerOptions, startStoreServer } from "@parity-protocol/store";
import type { Cleanup } from "../support/blobs.ts";

export const token = "a-token-for-these-tests";

/** Starts a real store on a fresh directory. */
export async function startStore(
  cleanup: Cleanup,
  options: Partial<StoreServerOptions> = {},
): Promise<StoreServer & { directory: string }> {
  const directory = options.directory ?? cleanup.directory();
  const server = await startStoreServer({ token, graceMs: 200, ...options, directory });
  cleanup.later(() => server.close());
  return { ...server, directory };
}

/** What a store answered. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The body as JSON, where it is. */
  json: { code?: string; message?: string; hint?: string } & Record<string, unknown>;
}

/** Sends one request as it is: no client's courtesy stands between the test and the store. */
export function ask(url: string, options: RequestOptions & { body?: Uint8Array | string } = {}): Promise<Answer> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { agent: false, ...rest }, (response) => void readAnswer(response).then(resolve, reject));
    request.once("error", reject);
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const body = Buffer.concat(await response.toArray());
  const isJson = response.headers["content-type"] === "application/json" && body.length > 0;
  return { status: response.statusCode ?? 0, headers: response.headers, body, json: isJson ? JSON.parse(body.toString()) : {} };
}

/** PUTs with the token. */
export function put(url: string, body: Uint8Array | string, headers: Record<string, string> = {}): Promise<Answer> {
  return ask(url, { method: "PUT", body, headers: { authorization: `Bearer ${token}`, ...headers } });
}

/** Writes raw bytes to a store and gives all that comes back until it hangs up. */
export function speak(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let heard = "";
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => {
      heard += chunk;
    });
    socket.once("close", () => resolve(heard));
    socket.once("error", reject);
  });
}
