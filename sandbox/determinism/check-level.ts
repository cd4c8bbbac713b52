import { randomUUID } from "node:crypto";
import { type JobSpec, ParityError } from "@parity-protocol/sdk";
import type { ContainerCreateOptions } from "dockerode";
import { callEngine } from "../engine/call.ts";
import type { Engine } from "../engine/connect.ts";
import { holderMounts, inputVolumeLayout } from "../engine/holder-image.ts";
import { ownerLabel } from "../engine/labels.ts";
import { startOwnContainer } from "../engine/own-container.ts";
import { removeContainer } from "../engine/sweep.ts";
import { waitForContainer } from "../engine/wait.ts";
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
    await startOwnContainer(engine, name, tryOptions);
    const exitCode = await waitForContainer(engine, name);
    if (exitCode === 0) return;
    const log = await callEngine("read log", (abortSignal) =>
      engine.docker.getContainer(name).logs({ stdout: false, stderr: true, abortSignal }),
    );
    throw unsupported(`It exited with ${exitCode}: ${log.subarray(frameHeaderBytes).toString("utf8").trim()}.`);
  } finally {
    await removeContainer(engine, name);
  }
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
