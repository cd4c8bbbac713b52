import { type Abi, BaseError, type ContractErrorName, decodeErrorResult, type Hex, isHex } from "viem";
import { type ErrorCode, errorCatalogue, ParityError } from "../errors/index.ts";
import { merkleGateAbi, taskEscrowAbi, taskEscrowFactoryAbi, tokenGateAbi } from "../protocol/contracts.ts";
import { phases } from "../protocol/types.ts";
import { redactText } from "./redact-url.ts";

const contractAbis = [taskEscrowAbi, taskEscrowFactoryAbi, merkleGateAbi, tokenGateAbi] as const;

type ContractError = ContractErrorName<(typeof contractAbis)[number]>;

/** The code of every custom error of the contracts. A new error without a code does not compile. */
export const codeOfContractError = {
  AlreadyCommitted: "ALREADY_COMMITTED",
  AlreadyReclaimed: "ALREADY_RECLAIMED",
  AlreadyRevealed: "ALREADY_REVEALED",
  AssetHasNoCode: "ASSET_HAS_NO_CODE",
  AssetHasNoPermit: "ASSET_HAS_NO_PERMIT",
  BondsExceedBounty: "BONDS_EXCEED_BOUNTY",
  BountyTooSmall: "BOUNTY_TOO_SMALL",
  CallerIsNotEscrow: "CALLER_IS_NOT_ESCROW",
  CommitmentIsZero: "COMMITMENT_IS_ZERO",
  DeadlineInThePast: "DEADLINE_IN_THE_PAST",
  EscrowExists: "ESCROW_EXISTS",
  LocationTooLong: "LOCATION_TOO_LONG",
  NoFreeSlot: "NO_FREE_SLOT",
  NoSlot: "NO_SLOT",
  NotANoShow: "NOT_A_NO_SHOW",
  NotCommitted: "NOT_COMMITTED",
  QuorumOutOfRange: "QUORUM_OUT_OF_RANGE",
  ReentrancyGuardReentrantCall: "REENTRANT_CALL",
  RevealWindowIsZero: "REVEAL_WINDOW_IS_ZERO",
  RunnerIsSubmitter: "RUNNER_IS_SUBMITTER",
  RunnerNotAdmitted: "RUNNER_NOT_ADMITTED",
  SafeERC20FailedOperation: "TOKEN_CALL_FAILED",
  SlotAlreadyTaken: "SLOT_ALREADY_TAKEN",
  SlotsOutOfRange: "SLOTS_OUT_OF_RANGE",
  StepOutOfGas: "STEP_OUT_OF_GAS",
  TaskAlreadyPosted: "TASK_ALREADY_POSTED",
  TaskNotClosed: "TASK_NOT_CLOSED",
  TokenHasNoCode: "TOKEN_HAS_NO_CODE",
  TooManyStrikes: "TOO_MANY_STRIKES",
  TransferFailed: "TRANSFER_FAILED",
  WrongAmountReceived: "WRONG_AMOUNT_RECEIVED",
  WrongIdentity: "WRONG_IDENTITY",
  WrongOpening: "WRONG_OPENING",
  WrongPhase: "WRONG_PHASE",
  WrongReserver: "WRONG_RESERVER",
  WrongValue: "WRONG_VALUE",
} as const satisfies Record<ContractError, ErrorCode>;

/** Errors that an ERC-20 asset may answer with (ERC-6093), which the escrow passes on. */
const tokenErrorsAbi = [
  {
    type: "error",
    name: "ERC20InsufficientBalance",
    inputs: [
      { name: "sender", type: "address" },
      { name: "balance", type: "uint256" },
      { name: "needed", type: "uint256" },
    ],
  },
  {
    type: "error",
    name: "ERC20InsufficientAllowance",
    inputs: [
      { name: "spender", type: "address" },
      { name: "allowance", type: "uint256" },
      { name: "needed", type: "uint256" },
    ],
  },
] as const satisfies Abi;

const codeOfTokenError = {
  ERC20InsufficientBalance: "INSUFFICIENT_FUNDS",
  ERC20InsufficientAllowance: "ALLOWANCE_TOO_LOW",
} as const satisfies Record<ContractErrorName<typeof tokenErrorsAbi>, ErrorCode>;

const codes: Readonly<Record<string, ErrorCode>> = { ...codeOfContractError, ...codeOfTokenError };

const decodable: Abi = [...contractAbis.flat(), ...tokenErrorsAbi];

/** Turns a failed call into a ParityError if a contract refused it; undefined if it failed for another reason. */
export function revertErrorOf(error: unknown): ParityError | undefined {
  const revert = findRevert(error);
  if (!revert) return undefined;
  if (revert.data && revert.data !== "0x") return decodeRevert(revert.data);
  return new ParityError("TRANSACTION_REVERTED", `The contract refused the call: ${redactText(revert.reason)}`);
}

/**
 * Decodes revert data, also the `reason` of a `StepSkipped` event: the code of the contract's error, its values in the message
 * and, by name, in `details`. Data that no known error explains gives TRANSACTION_REVERTED.
 */
export function decodeRevert(data: Hex): ParityError {
  try {
    const { errorName, args = [], abiItem } = decodeErrorResult({ abi: decodable, data });
    if (!("inputs" in abiItem)) throw new Error(errorName);
    const named = abiItem.inputs.map((input, i) => [input.name ?? `${i}`, shownValue(args[i], input.internalType)] as const);
    const code = codes[errorName];
    const shown = named.map(([name, value]) => `${name} ${value}`).join(", ");
    if (!code) return new ParityError("TRANSACTION_REVERTED", `The contract refused the call: ${redactText(shown || errorName)}`);
    const message = shown === "" ? errorCatalogue[code].meaning : `${errorCatalogue[code].meaning} (${shown})`;
    return new ParityError(code, message, { details: Object.fromEntries(named) });
  } catch {
    return new ParityError("TRANSACTION_REVERTED", `The contract refused the call with data of no known error: ${data.slice(0, 138)}`);
  }
}

function shownValue(value: unknown, internalType: string | undefined): string {
  return internalType === "enum Phase" ? (phases[Number(value)] ?? String(value)) : String(value);
}

/** Nodes differ in where they put the data of a revert; viem's wrappers keep all of it somewhere along the causes. */
function findRevert(error: unknown): { data?: Hex; reason: string } | undefined {
  let reason: string | undefined;
  for (let at = error; at instanceof Error; at = at.cause) {
    const data = dataOf(at);
    if (data) return { data, reason: at.message };
    if (/revert/i.test(at instanceof BaseError ? `${at.shortMessage} ${at.details}` : at.message))
      reason ??= at instanceof BaseError ? at.shortMessage : at.message;
  }
  return reason === undefined ? undefined : { reason };
}

function dataOf(error: Error): Hex | undefined {
  const data: unknown = "data" in error ? error.data : undefined;
  if (isHex(data)) return data;
  const inner: unknown = typeof data === "object" && data !== null && "data" in data ? data.data : undefined;
  return isHex(inner) ? inner : undefined;
}
