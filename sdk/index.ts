/** Parity Protocol for submitters' programs and for runners: works in Node and in a browser. The only barrel of this room. */
export { blobFromBytes } from "./blobs/blob-from-bytes.ts";
export { isBlobName, requireBlobName } from "./blobs/blob-name.ts";
export type { Blobbed, BlobSink, BlobSource, BlobStore } from "./blobs/blob-source.ts";
export { joinChunks, readChunks, streamOfBytes, streamOfChunks } from "./blobs/chunks.ts";
export { type HttpStoreOptions, httpStore } from "./blobs/http-store.ts";
export { createSha256, type IncrementalSha256, type Sha256Factory } from "./blobs/incremental-sha256.ts";
export { locationBounds, parseLocation, parseStoreUrl } from "./blobs/location.ts";
export { type MemoryStore, memoryStore } from "./blobs/memory-store.ts";
export { type OpenBlobRequest, openBlob } from "./blobs/open-blob.ts";
export { type BlobProgress, type PutBlobsOptions, putBlobs } from "./blobs/put-blobs.ts";
export { type ReadBlobRequest, readBlob } from "./blobs/read-blob.ts";
export { runConcurrently } from "./blobs/run-concurrently.ts";
export { failureOf, noSourceDelivered, type SourceFailure } from "./blobs/source-failures.ts";
export { getStderrNote, MAX_STDERR_NOTE_BYTES, putStderrNote, type StderrNoteKey } from "./blobs/stderr-note.ts";
export { type ErrorCode, type ErrorEntry, errorCatalogue, isParityError, ParityError, type ParityErrorOptions } from "./errors/index.ts";
export { encodeCanonicalJson } from "./job/canonical-json.ts";
export {
  decodeJobSpec,
  defaultLimits,
  encodeJobSpec,
  type InputFile,
  type JobLimits,
  type JobSpec,
  jobHashOf,
  limitsSchema,
  parseJobSpec,
} from "./job/job-spec.ts";
export { jobBounds } from "./job/limits.ts";
export {
  decodeOutputManifest,
  type ExitedManifest,
  encodeOutputManifest,
  type OutputFile,
  type OutputManifest,
  outputHashOf,
} from "./job/output-manifest.ts";
export { byteOrder, pathProblem } from "./job/schema.ts";
export { type Sha256Hex, sha256Hex } from "./job/sha256.ts";
export { type CommitmentParameters, commitmentOf } from "./protocol/commitment.ts";
export { addressOfIdentity, identityOf } from "./protocol/identity.ts";
export {
  hasRevealed,
  isDecided,
  isReclaimed,
  isTerminal,
  nextPhaseChange,
  type PhaseChange,
  phaseOf,
  revealedCount,
  revealsFrom,
  revealsUntil,
} from "./protocol/phase.ts";
export { fromContractSlot, openingOfReservation } from "./protocol/slot.ts";
export {
  bondEarners,
  bondPayoutOf,
  type Payout,
  type PayoutParameters,
  payoutOf,
  reclaimableOf,
  shareOf,
  unearnedBountyOf,
  unearnedForfeitsOf,
} from "./protocol/split.ts";
export { maxStrikes, strikeScopeOf } from "./protocol/strike-scope.ts";
export { taskIdOf, termsHashOf } from "./protocol/task-id.ts";
export {
  type Address,
  type Hex,
  type Opening,
  type Phase,
  phases,
  type Slot,
  type Task,
  type TaskKey,
  type TaskState,
  type TaskTerms,
  type TerminalPhase,
  zeroAddress,
} from "./protocol/types.ts";
