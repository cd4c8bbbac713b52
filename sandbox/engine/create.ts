import { ParityError } from "@parity-protocol/sdk";
import type { ContainerCreateOptions, VolumeCreateOptions } from "dockerode";
import { callEngine } from "./call.ts";
import type { Engine } from "./connect.ts";
import { dial } from "./dial.ts";

/**
 * Creates a container under a name.
 * @throws ENGINE_UNSUPPORTED when the engine warns: it then does less than it was asked to
 * @throws IMAGE_NOT_LOADED, ENGINE_FAILED, ENGINE_TIMED_OUT
 */
export async function createContainer(engine: Engine, name: string, options: ContainerCreateOptions): Promise<void> {
  const codes = { 404: "IMAGE_NOT_LOADED" } as const;
  const made = await callEngine(
    "create container",
    (signal) =>
      dial<{ Warnings?: string[] | null }>(engine, { method: "POST", path: "/containers/create?", query: { name }, body: options, signal }),
    { codes },
  );
  if (made.Warnings?.length)
    throw new ParityError("ENGINE_UNSUPPORTED", `The engine does not honour the container's options: ${made.Warnings.join("; ")}`);
}

/** Creates a volume and returns where the engine has it. @throws ENGINE_FAILED, ENGINE_TIMED_OUT */
export async function createVolume(engine: Engine, options: VolumeCreateOptions): Promise<string> {
  const made = await callEngine("create volume", (signal) =>
    dial<{ Mountpoint: string }>(engine, { method: "POST", path: "/volumes/create?", query: {}, body: options, signal }),
  );
  return made.Mountpoint;
}
