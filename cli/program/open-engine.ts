import type { Engine } from "@parity-protocol/sandbox";
import type { Context } from "./context.ts";

/** Connects to the engine that DOCKER_HOST names, else to the usual one. @throws ENGINE_UNREACHABLE, ENGINE_UNSUPPORTED, PLATFORM_UNSUPPORTED */
export async function openEngine(context: Context): Promise<Engine> {
  const { connectEngine } = await import("@parity-protocol/sandbox"); // large, and most commands do without
  return connectEngine({ dockerHost: context.environment().DOCKER_HOST });
}
