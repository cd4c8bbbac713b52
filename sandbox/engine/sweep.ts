import { callEngine, callIfThere, statusOf } from "./call.ts";
import type { Engine } from "./connect.ts";
import { ownerLabel } from "./labels.ts";
import { waitForContainer } from "./wait.ts";

/** What a sweep removed. */
export interface Swept {
  containers: number;
  volumes: number;
}

/**
 * Removes the containers and volumes that a crash of this owner left. To be called before the owner's first run: it removes running ones too.
 * @throws ENGINE_FAILED, ENGINE_TIMED_OUT
 */
export async function sweepLeftovers(engine: Engine, options: { owner: string }): Promise<Swept> {
  const filters = { label: [`${ownerLabel}=${options.owner}`] };
  const containers = await callEngine("list containers", (abortSignal) =>
    engine.docker.listContainers({ all: true, filters, abortSignal }),
  );
  await Promise.all(containers.map((container) => removeContainer(engine, container.Id)));
  const { Volumes } = await callEngine("list volumes", (abortSignal) => engine.docker.listVolumes({ filters, abortSignal }));
  const volumes = Volumes ?? []; // the engine says null for none
  await Promise.all(volumes.map((volume) => removeVolume(engine, volume.Name)));
  return { containers: containers.length, volumes: volumes.length };
}

/** Kills and removes a container; does nothing when there is none. Returns once it is gone, whoever removed it. */
export async function removeContainer(engine: Engine, name: string): Promise<void> {
  const container = engine.docker.getContainer(name);
  try {
    await callIfThere("remove container", (abortSignal) => container.remove({ force: true, v: true, abortSignal }));
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
    // It is being removed already, for somebody who may have been killed since: the engine goes on with it.
    await callIfThere("wait for a removal", () => waitForContainer(engine, name, { until: "removed" }));
  }
}

/** Removes a volume; does nothing when there is none. */
export async function removeVolume(engine: Engine, name: string): Promise<void> {
  await callIfThere("remove volume", (abortSignal) => engine.docker.getVolume(name).remove({ abortSignal }));
}
