import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";

/** When a proxy breaks the connections: as a container's end is asked for, or once the head of that answer has passed. */
export type CutMoment = "request" | "answer";

/** A way to the real engine over TCP that breaks. */
export interface EngineProxy {
  /** What to give as DOCKER_HOST. */
  dockerHost: string;
  /** Breaks every connection that is open at the next wait for a container; new ones work. */
  cutAtNextWait(moment: CutMoment): void;
  close(): Promise<void>;
}

/** Starts a proxy in front of an engine's unix socket. */
export async function startEngineProxy(address: string): Promise<EngineProxy> {
  const pairs = new Set<() => void>();
  const cut = () => {
    for (const destroy of pairs) destroy();
  };
  let moment: CutMoment | undefined;
  const server = createServer((near) => {
    const far = connect(address.replace("unix://", ""));
    const destroy = () => {
      near.destroy();
      far.destroy();
      pairs.delete(destroy);
    };
    pairs.add(destroy);
    for (const socket of [near, far]) socket.on("error", destroy).on("close", destroy);
    near.on("data", (sent) => {
      if (!moment || !sent.includes("/wait?")) return;
      if (moment === "request") cut();
      else far.once("data", () => setTimeout(cut, 20)); // the head has to pass first
      moment = undefined;
    });
    near.pipe(far).pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.close();
    cut();
    await once(server, "close");
  };
  const cutAtNextWait = (wanted: CutMoment) => {
    moment = wanted;
  };
  return { dockerHost: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, cutAtNextWait, close };
}

/** Starts a proxy in front of an engine whose machine seems to forbid ptrace: the filter of every container that it makes does. */
export async function startTracelessEngine(address: string): Promise<Pick<EngineProxy, "dockerHost" | "close">> {
  const socketPath = address.replace("unix://", "");
  const relay = async (near: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const isCreation = near.url?.includes("/containers/create") === true;
    const body = isCreation ? (await readText(near)).replaceAll('\\"ptrace\\"', '\\"acct\\"') : undefined;
    const headers = body === undefined ? near.headers : { ...near.headers, "content-length": String(Buffer.byteLength(body)) };
    const far = request({ socketPath, path: near.url ?? "", method: near.method ?? "GET", headers }, (said) => {
      answer.writeHead(said.statusCode ?? 502, said.headers);
      answer.flushHeaders(); // a job that is attached to has said nothing yet
      said.pipe(answer);
    });
    far.on("error", () => answer.destroy());
    answer.on("close", () => far.destroy());
    if (body === undefined) near.pipe(far);
    else far.end(body);
  };
  const server = createHttpServer((near, answer) => void relay(near, answer).catch(() => answer.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { dockerHost: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

async function readText(source: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of source) text += String(chunk);
  return text;
}
