import type { IncomingMessage, Server } from "node:http";
import { limitKeyOf } from "./rate-limit.ts";

/**
 * Says who asks, for limits: the other end of the connection, or, behind a proxy, the last address that the proxy wrote. Anything before
 * that was written by who asks.
 */
export function peerOf(request: IncomingMessage, isBehindProxy: boolean): string {
  const forwarded = isBehindProxy
    ? String(request.headers["x-forwarded-for"] ?? "")
        .split(",")
        .at(-1)
        ?.trim()
    : undefined;
  return limitKeyOf((forwarded || request.socket.remoteAddress) ?? "unknown").slice(0, 64);
}

/** Lets one address keep so many connections open: who opens all of them and says nothing locks out nobody but itself. */
export function boundConnections(server: Server, maxOfOne: number): void {
  const open = new Map<string, number>();
  server.on("connection", (socket) => {
    const key = limitKeyOf(socket.remoteAddress ?? "unknown");
    const count = (open.get(key) ?? 0) + 1;
    if (count > maxOfOne) {
      socket.destroy();
      return;
    }
    open.set(key, count);
    socket.once("close", () => {
      const left = (open.get(key) ?? 1) - 1;
      if (left > 0) open.set(key, left);
      else open.delete(key);
    });
  });
}
