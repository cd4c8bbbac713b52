import type { BlobSource } from "../blobs/blob-source.ts";
import { httpStore } from "../blobs/http-store.ts";
import { parseLocation } from "../blobs/location.ts";
import type { ChainClient } from "../chain/chain-error.ts";
import { getChainTime } from "../chain/chain-time.ts";
import { encodeEscrowCall } from "../chain/encode-call.ts";
import { accountOf, type EscrowCall, type SendOptions, type SentCall, sendCall } from "../chain/send-call.ts";
import { withSignal } from "../chain/with-signal.ts";
import { ParityError } from "../errors/index.ts";
import { checkJobBlobs } from "../preflight/check-blobs.ts";
import { checkFunds } from "../preflight/check-funds.ts";
import { checkGate } from "../preflight/check-gate.ts";
import { taskIdOf, termsHashOf } from "../protocol/task-id.ts";
import { toContractTerms } from "../protocol/terms.ts";
import { checkLocation, checkTerms } from "../protocol/terms-rules.ts";
import { type Address, type Hex, type TaskKey, type TaskTerms, zeroAddress } from "../protocol/types.ts";
import { type Escrow, getEscrow } from "./get-escrow.ts";
import type { Permit } from "./sign-permit.ts";

type OptionalTerm = "bondWei" | "revealDelaySeconds" | "gate" | "nonce";

/** Terms as a submitter writes them. Unless told: no bond, no reveal delay, no gate, a random nonce. */
export type ProposedTerms = Omit<TaskTerms, OptionalTerm> & Partial<Pick<TaskTerms, OptionalTerm>>;

export interface PostTaskParameters extends SendOptions {
  escrow: Address;
  terms: ProposedTerms;
  /** Base URLs of stores, separated by white space, at most 256 bytes: where runners find the blobs. */
  location: string;
  /**
   * Where to look whether the job spec and every blob it names are there; the stores of the location unless told. "unchecked" posts
   * without looking: nobody can run a task whose blobs are missing.
   */
  sources?: readonly BlobSource[] | "unchecked";
  /** The chain that is meant; the client's own unless told. */
  chainId?: number;
  /** Trusts a bounty to a contract whose code is not this version's TaskEscrow. */
  allowUnknownCode?: boolean;
  /** How far the commit deadline has to lie beyond the chain's time; 15 unless told. */
  deadlineMarginSeconds?: number;
  /** Stands for the allowance where the asset is a token that has permits: see signPermit. */
  permit?: Permit;
  /** Called with the task's id before anything is sent: keep it, and the task can be found whatever happens next. */
  onPrepared?: (task: PreparedTask) => void;
}

/** A task that is about to be posted; its id follows from its content alone. */
export interface PreparedTask {
  taskId: Hex;
  key: TaskKey;
  terms: TaskTerms;
  /** No gate: whoever fills a quorum of slots with fresh addresses decides the result, so that it has no integrity claim. */
  isOpen: boolean;
}

export interface PostedTask extends PreparedTask, SentCall {}

/** More than posting takes, with the longest location and a permit; only to see beforehand whether the account can pay. */
const postingGas = { native: 120_000n, token: 250_000n };

/**
 * Posts a task: escrows the bounty and names the job by its hash. Checks everything that can be checked before any money moves:
 * the terms against the chain's time, the chain, the escrow and the gate, the job spec and its blobs, balance and allowance.
 * @throws TERMS_INVALID and the codes of each rule for terms; DEADLINE_TOO_SOON, LOCATION_TOO_LONG, LOCATION_INVALID;
 * ACCOUNT_MISSING, WRONG_CHAIN, NO_CODE_AT_ESCROW, NOT_AN_ESCROW, ESCROW_CODE_UNKNOWN,
 * NO_CODE_AT_GATE; JOB_SPEC_INVALID, JOB_SPEC_NOT_CANONICAL,
 * BLOB_NOT_FOUND, STORE_UNREACHABLE; INSUFFICIENT_FUNDS, ALLOWANCE_TOO_LOW; TASK_ALREADY_POSTED; RPC_UNREACHABLE;
 * TRANSACTION_REVERTED, TRANSACTION_TIMED_OUT
 * @example
 * const { taskId } = await postTask(client, {
 *   escrow,
 *   terms: { bountyWei: parseEther("0.01"), slots: 3, quorum: 2, commitDeadline: chainNow + 600, revealWindowSeconds: 300, gate, jobHash },
 *   location: "https://store.example",
 *   onPrepared: ({ taskId }) => console.log(taskId),
 * });
 */
export async function postTask(client: ChainClient, parameters: PostTaskParameters): Promise<PostedTask> {
  const terms = completeTerms(parameters.terms);
  checkLocation(parameters.location);
  const { address: submitter } = accountOf(client);
  const reader = withSignal(client, parameters.signal);
  const escrow = await getEscrow(reader, parameters);
  checkCode(escrow, parameters);
  await checkTime(reader, terms, parameters.deadlineMarginSeconds ?? 15);
  await checkGate(reader, terms.gate);
  await checkSources(terms.jobHash, parameters);
  const hasPermit = parameters.permit !== undefined;
  const gas = escrow.isNative ? postingGas.native : postingGas.token;
  await checkFunds(reader, { escrow, amountWei: terms.bountyWei, gas, hasPermit });
  const prepared = prepare({ escrow, submitter, terms });
  parameters.onPrepared?.(prepared);
  const sent = await sendCall(client, postingCall(escrow, prepared, parameters), parameters);
  return { ...prepared, ...sent };
}

function checkCode({ address, isKnownCode }: Escrow, { allowUnknownCode }: PostTaskParameters): void {
  if (!isKnownCode && !allowUnknownCode)
    throw new ParityError("ESCROW_CODE_UNKNOWN", `The contract at ${address} does not run this version's TaskEscrow.`);
}

function completeTerms(proposed: ProposedTerms): TaskTerms {
  return { bondWei: 0n, revealDelaySeconds: 0, gate: zeroAddress, nonce: randomNonce(), ...proposed };
}

/** 64 bits: enough to tell the equal tasks of one submitter apart, and cheap as calldata. */
function randomNonce(): bigint {
  return new DataView(crypto.getRandomValues(new Uint8Array(8)).buffer).getBigUint64(0);
}

function prepare({ escrow, submitter, terms }: { escrow: Escrow; submitter: Address; terms: TaskTerms }): PreparedTask {
  const key = { submitter, termsHash: termsHashOf({ chainId: escrow.chainId, escrow: escrow.address, terms }) };
  return { taskId: taskIdOf(key), key, terms, isOpen: terms.gate === zeroAddress };
}

async function checkTime(client: ChainClient, terms: TaskTerms, marginSeconds: number): Promise<void> {
  const { next } = await getChainTime(client);
  checkTerms(terms, next);
  const secondsLeft = terms.commitDeadline - next;
  if (secondsLeft < marginSeconds)
    throw new ParityError(
      "DEADLINE_TOO_SOON",
      `The commit deadline is ${secondsLeft} s after the chain's time; ${marginSeconds} s are the least.`,
    );
}

async function checkSources(jobHash: Hex, { sources, location, signal }: PostTaskParameters): Promise<void> {
  if (sources === "unchecked") return;
  const asked = sources ?? parseLocation(location).map((url) => httpStore(url));
  await checkJobBlobs({ jobHash, sources: asked, ...(signal && { signal }) });
}

function postingCall(escrow: Escrow, { terms }: PreparedTask, { location, permit }: PostTaskParameters): EscrowCall {
  const contractTerms = toContractTerms(terms);
  if (!permit) {
    const data = encodeEscrowCall("postTask", [contractTerms, location]);
    return { to: escrow.address, data, value: escrow.isNative ? terms.bountyWei : 0n };
  }
  const { deadline, v, r, s } = permit;
  const args = [contractTerms, location, deadline, v, r, s] as const;
  return { to: escrow.address, data: encodeEscrowCall("postTaskWithPermit", args) };
}
