import { isParityError } from "@parity-protocol/sdk";
import type { ContainerCreateOptions } from "dockerode";
import { callEngine, statusOf } from "./call.ts";
import type { Engine } from "./connect.ts";
import { createContainer } from "./create.ts";
import { ensureHolderImage, forgetHolderImage } from "./holder-image.ts";
import { removeContainer } from "./sweep.ts";

const serverError = 500;

/**
 * Creates and starts a container of the product's own image, in which nothing of any job is yet. What fails in a way that another try can
 * mend is tried once more: the image was removed by somebody, or the engine's runtime lost a race with itself at the start, as runc does on
 * a busy machine ("cannot start an already running container").
 * @throws ENGINE_UNSUPPORTED, ENGINE_FAILED, ENGINE_TIMED_OUT
 */
export async function startOwnContainer(
  engine: Engine,
  name: string,
  optionsOf: (imageId: string) => ContainerCreateOptions,
): Promise<void> {
  const start = async () => {
    await createContainer(engine, name, optionsOf(await ensureHolderImage(engine)));
    await callEngine("start holder", (abortSignal) => engine.docker.getContainer(name).start({ abortSignal }));
  };
  try {
    await start();
  } catch (error) {
    const isImageGone = isParityError(error, "IMAGE_NOT_LOADED");
    if (!isImageGone && statusOf(error) !== serverError) throw error;
    if (isImageGone) forgetHolderImage(engine);
    await removeContainer(engine, name); // where it is half started it does not start again
    await start();
  }
}
