/** Parity Protocol for submitters' programs and for runners: works in Node and in a browser. The only barrel of this room. */
export { type ApproveBountyParameters, approveBounty } from "./actions/approve-bounty.ts";
export {
  type CheckDeploymentParameters,
  type CheckedContract,
  type CheckedDeployment,
  checkDeployment,
} from "./actions/check-deployment.ts";
export { type ClaimPayoutParameters, claimPayout } from "./actions/claim-payout.ts";
export { type CommitResultParameters, commitResult } from "./actions/commit-result.ts";
export { type DeployEscrowParameters, type DeployedEscrow, deployEscrow } from "./actions/deploy-escrow.ts";
export { type DeployMerkleGateParameters, deployMerkleGate } from "./actions/deploy-merkle-gate.ts";
export { type DeployTokenGateParameters, deployTokenGate } from "./actions/deploy-token-gate.ts";
export { type FetchedResult, type FetchResultParameters, fetchResult } from "./actions/fetch-result.ts";
export { type GetAdmissionParameters, getAdmission } from "./actions/get-admission.ts";
export { type Asset, type GetAssetParameters, getAsset } from "./actions/get-asset.ts";
export { type CommitteeMember, committeeOf, getCommittee } from "./actions/get-committee.ts";
export { type Escrow, type GetEscrowParameters, getEscrow } from "./actions/get-escrow.ts";
export { type Gate, type GetGateParameters, getGate, type HolderGate, type ListGate, type UnknownGate } from "./actions/get-gate.ts";
export { type GetGateProofParameters, getGateList, getGateProof } from "./actions/get-gate-proof.ts";
export { type GetResultParameters, getResult, type TaskResult } from "./actions/get-result.ts";
export { type GetSlotParameters, getSlot } from "./actions/get-slot.ts";
export { type GetStrikesParameters, getStrikes } from "./actions/get-strikes.ts";
export { type GetTaskParameters, getTask } from "./actions/get-task.ts";
export { type GetTaskEventsParameters, getTaskEvents } from "./actions/get-task-events.ts";
export { type GetTaskStateParameters, getTaskState, type TaskStateReport } from "./actions/get-task-state.ts";
export { type ListTasksParameters, listTasks } from "./actions/list-tasks.ts";
export { type PerformStepsParameters, performSteps, type SkippedStep, type Steps } from "./actions/perform-steps.ts";
export { type DeploymentPlan, type PlanDeploymentParameters, planDeployment } from "./actions/plan-deployment.ts";
export {
  type PostedTask,
  type PostTaskParameters,
  type PreparedTask,
  type ProposedTerms,
  postTask,
} from "./actions/post-task.ts";
export { type ReclaimBountyParameters, reclaimBounty } from "./actions/reclaim-bounty.ts";
export { type ReportNoShowParameters, reportNoShow } from "./actions/report-no-show.ts";
export { type ReserveSlotParameters, reserveSlot } from "./actions/reserve-slot.ts";
export { type RevealResultParameters, revealResult } from "./actions/reveal-result.ts";
export { type EventChunk, type ScanEventsParameters, scanEvents } from "./actions/scan-events.ts";
export { type Permit, type SignPermitParameters, signPermit } from "./actions/sign-permit.ts";
export { type WaitedResult, type WaitForResultParameters, waitForResult } from "./actions/wait-for-result.ts";
export { type WatchTasksParameters, watchTasks } from "./actions/watch-tasks.ts";
export { blobFromBytes } from "./blobs/blob-from-bytes.ts";
export { isBlobName, requireBlobName } from "./blobs/blob-name.ts";
export type { Blobbed, BlobSink, BlobSource, BlobStore } from "./blobs/blob-source.ts";
export { joinChunks, readChunks, streamOfBytes, streamOfChunks } from "./blobs/chunks.ts";
export { type HttpStoreOptions, httpStore } from "./blobs/http-store.ts";
export { createSha256, type IncrementalSha256, type Sha256Factory } from "./blobs/incremental-sha256.ts";
export { cidOf, ipfsGateway } from "./blobs/ipfs-gateway.ts";
export { locationBounds, parseLocation, parseStoreUrl } from "./blobs/location.ts";
export { type MemoryStore, memoryStore } from "./blobs/memory-store.ts";
export { type OpenBlobRequest, openBlob } from "./blobs/open-blob.ts";
export { openResuming, type ResumingRequest } from "./blobs/open-resuming.ts";
export { type BlobProgress, type PutBlobsOptions, putBlobs } from "./blobs/put-blobs.ts";
export { type ReadBlobRequest, readBlob } from "./blobs/read-blob.ts";
export { runConcurrently } from "./blobs/run-concurrently.ts";
export { type S3StoreOptions, s3Store } from "./blobs/s3-store.ts";
export { failureOf, noSourceDelivered, type SourceFailure } from "./blobs/source-failures.ts";
export { getStderrNote, MAX_STDERR_NOTE_BYTES, putStderrNote, type StderrNoteKey } from "./blobs/stderr-note.ts";
export {
  decodeWriteAuthorization,
  encodeWriteAuthorization,
  type StoreSigner,
  type StoreWrite,
  type StoreWriteDomain,
  signStoreWrite,
  storeWriteTypedData,
  type WriteAuthorization,
} from "./blobs/store-write.ts";
export { type ChainClient, chainErrorOf, rpcLabel, withChainErrors } from "./chain/chain-error.ts";
export { type ChainTime, getChainTime } from "./chain/chain-time.ts";
export type { ContractName } from "./chain/contract-code.ts";
export { create2Deployer } from "./chain/create2-deployer.ts";
export type { Deployed } from "./chain/deploy-code.ts";
export { backoffMs, pause } from "./chain/pause.ts";
export { redactText, redactUrl } from "./chain/redact-url.ts";
export { decodeRevert, revertErrorOf } from "./chain/revert-error.ts";
export { type LogChunk, type LogQuery, scanLogs } from "./chain/scan-logs.ts";
export { type EscrowCall, type SendOptions, type SentCall, sendCall, waitForReceipt } from "./chain/send-call.ts";
export { type InTurn, takeTurns } from "./chain/take-turns.ts";
export { type Abortable, withSignal } from "./chain/with-signal.ts";
export { type ErrorCode, type ErrorEntry, errorCatalogue, isParityError, ParityError, type ParityErrorOptions } from "./errors/index.ts";
export { encodeGateProof } from "./gates/gate-proof.ts";
export {
  buildMerkleList,
  decodeMerkleList,
  type GateAdmission,
  type MerkleList,
  type MerkleListEntry,
  merkleListBounds,
} from "./gates/merkle-list.ts";
export { parseRunnerList, type RunnerListProblem } from "./gates/runner-list.ts";
export { encodeTokenProof, tokenIdentityOf } from "./gates/token-proof.ts";
export { encodeCanonicalJson } from "./job/canonical-json.ts";
export {
  decodeJobSpec,
  defaultLevelFor,
  defaultLimits,
  encodeJobSpec,
  type InputFile,
  type JobLimits,
  type JobSpec,
  jobHashOf,
  levelSchema,
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
export { byteOrder, pathProblem, repositoryPattern } from "./job/schema.ts";
export { type Sha256Hex, sha256Hex } from "./job/sha256.ts";
export { canonicalFactory, escrowAddressOf } from "./protocol/addresses.ts";
export { type CommitmentParameters, commitmentOf } from "./protocol/commitment.ts";
export { decodeLogs, type EscrowLogs } from "./protocol/escrow-logs.ts";
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
export { type Standing, type StandingParameters, standingOf } from "./protocol/standing.ts";
export { fromContractState } from "./protocol/state.ts";
export { type FoldedTask, stateOfEvents } from "./protocol/state-of-events.ts";
export { maxStrikes, strikeScopeOf } from "./protocol/strike-scope.ts";
export { byPlace, type EventPlace, type TaskEvent } from "./protocol/task-event.ts";
export { taskIdOf, termsHashOf } from "./protocol/task-id.ts";
export { type TaskPosted, taskOfEvent, taskOfLog } from "./protocol/task-posted.ts";
export { checkLocation, checkTerms, maxLocationBytes, maxSlots } from "./protocol/terms-rules.ts";
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
