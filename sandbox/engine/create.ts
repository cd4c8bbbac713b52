import { ParityError } from "@parity-protocol/sdk";
import type { ContainerCreateOptions, VolumeCreateOptions } from "dockerode";
import { callEngine } from "./call.ts";
import type { Engine } from "./connect.ts";

/**
 * Creates a container under a name.
 * @throws ENGINE_UNSUPPORTED when the engine warns: it then does less than it was asked to
 * @throws IMAGE_NOT_LOADED, ENGINE_FAILED, ENGINE_TIMED_OUT
 */
export async function createContainer(engine: Engine, name: string, options: ContainerCreateOptions): Promise<void> {
  const codes = { 404: "IMAGE_NOT_LOADED" } as const;
  const made = await callEngine(
    "create container",
    (signal) => post<{ Warnings?: string[] | null }>(engine, "/containers/create?", { query: { name }, body: options, signal }),
    { codes },
  );
  if (made.Warnings?.length)
    throw new ParityError("ENGINE_UNSUPPORTED", `The engine does not honour the container's options: ${made.Warnings.join("; ")}`);
}

/** Creates a volume and returns where the engine has it. @throws ENGINE_FAILED, ENGINE_TIMED_OUT */
export async function createVolume(engine: Engine, options: VolumeCreateOptions): Promise<string> {
  const made = await callEngine("create volume", (signal) =>
    post<{ Mountpoint: string }>(engine, "/volumes/create?", { query: {}, body: options, signal }),
  );
  return made.Mountpoint;
}

/** Below dockerode's own create calls: they drop what the engine answers besides the id. */
function post<T>(engine: Engine, path: string, call: { query: Record<string, string>; body: object; signal: AbortSignal }): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = {
      path,
      method: "POST",
      options: { _query: call.query, _body: call.body },
      abortSignal: call.signal,
      statusCodes: { 201: true, 400: "bad parameter", 404: "not found", 409: "conflict", 500: "server error" },
    };
    engine.docker.modem.dial(request, (error: unknown, answer: unknown) => (error ? reject(error) : resolve(answer as T)));
  });
}
