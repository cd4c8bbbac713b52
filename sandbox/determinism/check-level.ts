import { randomUUID } from "node:crypto";
import { isParityError, type JobSpec, ParityError } from "@parity-protocol/sdk";
import type { ContainerCreateOptions } from "dockerode";
import { callEngine } from "../engine/call.ts";
import type { Engine } from "../engine/connect.ts";
import { createContainer } from "../engine/create.ts";
import { ensureHolderImage, forgetHolderImage, holderMounts, inputVolumeLayout } from "../engine/holder-image.ts";
import { ownerLabel } from "../engine/labels.ts";
import { removeContainer } from "../engine/sweep.ts";
import { isStrict, strictSecurity } from "./strict.ts";

const checked = new WeakMap<Engine, Promise<void>>();
const checkOwner = "level-check";
const frameHeaderBytes = 8;

/** Checks that an engine's machine can run a job of its level. @throws LEVEL_UNSUPPORTED, DETERMINIZER_CORRUPT, ENGINE_FAILED */
export function checkLevel(engine: Engine, spec: JobSpec): Promise<void> {
  return isStrict(spec) ? checkStrict(engine) : Promise.resolve();
}

/**
 * Checks that an engine's machine can run jobs of `strict@1`; asks it by running the determinizer under itself, once an engine.
 * @throws LEVEL_UNSUPPORTED, DETERMINIZER_CORRUPT, ENGINE_FAILED
 */
export function checkStrict(engine: Engine): Promise<void> {
  const current = checked.get(engine);
  if (current) return current;
  const checking = tryDeterminizer(engine);
  checked.set(engine, checking);
  checking.catch(() => checked.delete(engine));
  return checking;
}

async function tryDeterminizer(engine: Engine): Promise<void> {
  if (engine.platform !== "linux/amd64") throw unsupported(`The engine runs ${engine.platform}.`);
  const name = `parity-${randomUUID()}-level`;
  try {
    await createTry(engine, name);
    const container = engine.docker.getContainer(name);
    await callEngine("start level check", (abortSignal) => container.start({ abortSignal }));
    const exit: { StatusCode: number } = await callEngine("wait", (abortSignal) => container.wait({ abortSignal }));
    if (exit.StatusCode === 0) return;
    const log = await callEngine("read log", (abortSignal) => container.logs({ stdout: false, stderr: true, abortSignal }));
    throw unsupported(`It exited with ${exit.StatusCode}: ${log.subarray(frameHeaderBytes).toString("utf8").trim()}.`);
  } finally {
    await removeContainer(engine, name);
  }
}

async function createTry(engine: Engine, name: string): Promise<void> {
  const create = async () => createContainer(engine, name, tryOptions(await ensureHolderImage(engine)));
  await create().catch((error: unknown) => {
    if (!isParityError(error, "IMAGE_NOT_LOADED")) throw error;
    forgetHolderImage(engine); // somebody removed it
    return create();
  });
}

function tryOptions(imageId: string): ContainerCreateOptions {
  const determinizer = `${holderMounts.input}/${inputVolumeLayout.determinizer}`;
  return {
    Image: imageId,
    Entrypoint: [determinizer, "--", determinizer, "--version"],
    Labels: { [ownerLabel]: checkOwner },
    User: "65534:65534",
    NetworkDisabled: true,
    HostConfig: {
      NetworkMode: "none",
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: [...strictSecurity],
      LogConfig: { Type: "json-file", Config: {} },
      Memory: 64 * 1024 ** 2,
      MemorySwap: 64 * 1024 ** 2,
      PidsLimit: 8,
    },
  };
}

function unsupported(because: string): ParityError {
  return new ParityError("LEVEL_UNSUPPORTED", `The engine's machine cannot run strict@1 jobs. ${because}`);
}
