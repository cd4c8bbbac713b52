/** Packs images, verifies and loads their archives, and runs one job in a fresh, sealed container. The only barrel of this room. */
export { checkLevel } from "./determinism/check-level.ts";
export { checkEnvironment, reservedVariables } from "./determinism/profile.ts";
export { connectEngine, type Engine } from "./engine/connect.ts";
export { ensureHolderImage, removeHolderImage } from "./engine/holder-image.ts";
export { type Swept, sweepLeftovers } from "./engine/sweep.ts";
export type { Platform } from "./image/documents.ts";
export { type LoadedImage, loadImage, removeImage } from "./image/load-image.ts";
export { type DockerfileSource, packDockerfile } from "./image/pack-dockerfile.ts";
export { type EngineImageSource, packEngineImage } from "./image/pack-engine-image.ts";
export { type FolderSource, packFolder } from "./image/pack-folder.ts";
export { type ArchiveClaim, type VerifiedArchive, verifyArchive } from "./image/verify-archive.ts";
export type { PackedArchive } from "./image/write-archive.ts";
export type { JobRequest, JobRun } from "./run/job-request.ts";
export { type PreparedJob, prepareJob, runJob } from "./run/prepare-job.ts";
