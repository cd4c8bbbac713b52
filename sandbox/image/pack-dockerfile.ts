import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { ParityError } from "@parity-protocol/sdk";
import { callStream } from "../engine/call.ts";
import type { Engine } from "../engine/connect.ts";
import { buildLabel } from "../engine/labels.ts";
import { type Progress, readProgress } from "../engine/progress.ts";
import { writeTar } from "../tar/write-tar.ts";
import { parseIgnoreRules } from "./dockerignore.ts";
import { listFolder, withContent } from "./folder.ts";
import { removeImage } from "./load-image.ts";
import { packEngineImage } from "./pack-engine-image.ts";
import type { PackedArchive } from "./write-archive.ts";

/** A build context with its Dockerfile, and where to put the archive. */
export interface DockerfileSource {
  contextDirectory: string;
  /** Path inside the context; "Dockerfile" unless said. */
  dockerfile?: string;
  outputDirectory: string;
  signal?: AbortSignal;
}

const buildTimeoutMs = 60 * 60_000;
/** How much of the end of a build's log an error shows. */
const logCharacters = 4_000;

/**
 * Has the engine build a Dockerfile, packs the image and removes it from the engine. Built once, by the submitter: two builds need not give
 * the same archive, so runners get the archive and not the Dockerfile. File modes in the context become 0755 or 0644, times 0.
 * @throws IMAGE_SOURCE_INVALID, IMAGE_BUILD_FAILED with the end of the log, ARCHIVE_TOO_LARGE, ENGINE_FAILED
 */
export async function packDockerfile(engine: Engine, source: DockerfileSource): Promise<PackedArchive> {
  const imageId = await build(engine, source);
  try {
    return await packEngineImage(engine, { name: imageId, outputDirectory: source.outputDirectory });
  } finally {
    await removeImage(engine, imageId);
  }
}

async function build(engine: Engine, source: DockerfileSource): Promise<string> {
  const dockerfile = source.dockerfile ?? "Dockerfile";
  const context = await openContext(source.contextDirectory, dockerfile);
  // Without the cache the image is this build's own, and removing it takes nothing from another build.
  const options = { dockerfile, nocache: true, rm: true, forcerm: true, labels: { [buildLabel]: "true" } };
  const log = new BuildLog();
  try {
    const answer = await callStream("build image", (abortSignal) => engine.docker.buildImage(context, { ...options, abortSignal }), {
      timeoutMs: buildTimeoutMs,
      signal: source.signal,
      codes: { 400: "IMAGE_BUILD_FAILED", 500: "IMAGE_BUILD_FAILED" },
    });
    await readProgress(
      answer,
      (message) => buildFailure(log, message),
      (message) => log.add(message),
    );
    if (!log.imageId) throw buildFailure(log, "the engine named no image");
    return log.imageId;
  } catch (error) {
    if (log.lastStepImage) await removeImage(engine, log.lastStepImage).catch(() => {}); // the build's error says more
    throw error;
  } finally {
    context.destroy();
  }
}

/** What a build says: the end of its text, the image that it made, and the one that its last step left. */
class BuildLog {
  #isBaseStep = false;
  text = "";
  imageId: string | undefined;
  lastStepImage: string | undefined;

  add({ stream = "", aux }: Progress): void {
    this.text = `${this.text}${stream}`.slice(-logCharacters);
    this.imageId = aux?.ID ?? this.imageId;
    if (stream.startsWith("Step ")) this.#isBaseStep = / : FROM /i.test(stream);
    const [, made] = /^ ---> ([0-9a-f]{12})\n$/.exec(stream) ?? [];
    if (made && !this.#isBaseStep) this.lastStepImage = made; // the base is somebody else's
  }
}

async function openContext(directory: string, dockerfile: string): Promise<Readable> {
  const found = await stat(join(directory, dockerfile)).catch(() => undefined);
  if (!found?.isFile()) throw new ParityError("IMAGE_SOURCE_INVALID", `${directory} has no ${dockerfile}.`);
  const ignored = await readFile(join(directory, ".dockerignore"), "utf8").catch(() => ""); // most contexts have none
  const rules = parseIgnoreRules(ignored);
  // The builder needs the Dockerfile even where the rules leave it out of the image.
  const isIgnored = (path: string) => path !== dockerfile && rules.isIgnored(path);
  const items = await listFolder(directory, { isIgnored, hasExceptions: rules.hasExceptions || dockerfile.includes("/") });
  return Readable.from(writeTar(items.map(withContent)), { objectMode: false });
}

function buildFailure(log: BuildLog, message: string): ParityError {
  return new ParityError("IMAGE_BUILD_FAILED", `The build failed: ${message}\n${log.text.trim()}`);
}
