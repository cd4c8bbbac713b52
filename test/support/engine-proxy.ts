import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to the real engine over TCP that a test can cut. */
export interface EngineProxy {
  /** What to give as DOCKER_HOST. */
  dockerHost: string;
  /** Breaks every connection that is open now; new ones work. */
  cut(): void;
  close(): Promise<void>;
}

/** Starts a proxy in front of an engine's unix socket. */
export async function startEngineProxy(address: string): Promise<EngineProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(address.replace("unix://", ""));
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const close = async () => {
    server.close();
    cut();
    await once(server, "close");
  };
  return { dockerHost: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, cut, close };
}
