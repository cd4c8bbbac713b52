import {
  BaseError,
  type Client,
  ContractFunctionZeroDataError,
  HttpRequestError,
  InsufficientFundsError,
  LimitExceededRpcError,
  NonceTooHighError,
  NonceTooLowError,
  SocketClosedError,
  TimeoutError,
  UserRejectedRequestError,
  WebSocketRequestError,
} from "viem";
import { isParityError, ParityError } from "../errors/index.ts";
import { redactText, redactUrl } from "./redact-url.ts";
import { revertErrorOf } from "./revert-error.ts";

/** Any viem client: only its transport is used. */
export type ChainClient = Client;

/** Names the RPC of a client for messages: its host, never its credentials. */
export function rpcLabel(client: ChainClient): string {
  const url: unknown = client.transport.url;
  return typeof url === "string" ? redactUrl(url) : `the ${client.transport.key} transport`;
}

/**
 * Runs calls to the chain and turns whatever they throw into a ParityError.
 * @throws RPC_UNREACHABLE, RPC_FAILED, INSUFFICIENT_FUNDS, NONCE_CONFLICT, TRANSACTION_REFUSED, TRANSACTION_REVERTED, and the
 * codes of the escrow's own errors
 */
export async function withChainErrors<T>(client: ChainClient, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw chainErrorOf(error, client);
  }
}

/** Turns what a call to the chain threw into a ParityError. */
export function chainErrorOf(error: unknown, client: ChainClient): ParityError {
  const own = findError(error, ParityError);
  if (own instanceof ParityError) return own;
  const revert = revertErrorOf(error);
  if (revert) return revert;
  const rpc = rpcLabel(client);
  const options = { cause: redactedCause(error), details: { rpc } };
  if (findError(error, ContractFunctionZeroDataError))
    return new ParityError("NO_CODE_AT_ESCROW", `No contract that knows this call is at the address on the chain of ${rpc}.`, options);
  if (hasErrorNamed(error, /^(InvalidAddress|AbiEncoding|IntegerOutOfRange|InvalidHex|SizeOverflow)/))
    return new ParityError("ARGUMENT_INVALID", reasonOf(error), options);
  if (hasErrorNamed(error, /^(AbiDecoding|PositionOutOfBounds)/))
    return new ParityError("NOT_AN_ESCROW", "The contract answered what an escrow would not.", options);
  if (lacksFunds(error))
    return new ParityError("INSUFFICIENT_FUNDS", `${senderOf(client)} cannot pay for the transaction's value and gas.`, options);
  if (findError(error, NonceTooLowError, NonceTooHighError))
    return new ParityError("NONCE_CONFLICT", `Another transaction of ${senderOf(client)} came first.`, options);
  if (findError(error, UserRejectedRequestError))
    return new ParityError("TRANSACTION_REFUSED", "The wallet's owner declined the transaction.", options);
  if (isUnreachable(error)) return new ParityError("RPC_UNREACHABLE", `${rpc} did not answer: ${reasonOf(error)}`, options);
  return new ParityError("RPC_FAILED", `${rpc} answered with an error: ${reasonOf(error)}`, options);
}

/** Says whether an error tells nothing about what was asked: nobody answered, or the caller did not wait. */
export function isWithoutAnswer(error: unknown): boolean {
  return isParityError(error, "RPC_UNREACHABLE") || isParityError(error, "WAIT_ABORTED");
}

/** viem knows what most nodes say; a raw transaction's refusal it passes on unread, and Hardhat's chain has words of its own. */
function lacksFunds(error: unknown): boolean {
  return findError(error, InsufficientFundsError) !== undefined || /insufficient funds|enough funds/i.test(reasonOf(error));
}

/** Says whether no answer came, or only the request to slow down. */
function isUnreachable(error: unknown): boolean {
  return isDisconnected(error) || findError(error, HttpRequestError, TimeoutError, LimitExceededRpcError) !== undefined;
}

/** Says whether the RPC cannot be asked anything now; else asking it for less may help. */
export function isDisconnected(error: unknown): boolean {
  if (findError(error, WebSocketRequestError, SocketClosedError)) return true;
  const failure = findError(error, HttpRequestError);
  return failure instanceof HttpRequestError && (failure.status === undefined || failure.status === 429);
}

function senderOf(client: ChainClient): string {
  return client.account?.address ?? "The account";
}

/** Finds an error of one of the classes in a chain of causes. */
function findError(error: unknown, ...classes: (abstract new (...args: never[]) => Error)[]): Error | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const candidate = at;
    if (classes.some((type) => candidate instanceof type)) return candidate;
  }
  return undefined;
}

/** viem does not export all of its classes, but gives each a name. */
function hasErrorNamed(error: unknown, name: RegExp): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (name.test(at.name)) return true;
  return false;
}

function reasonOf(error: unknown): string {
  if (error instanceof BaseError) return redactText([error.shortMessage, error.details].filter(Boolean).join(" "));
  return redactText(error instanceof Error ? error.message : String(error));
}

/** Keeps what is useful of a cause; the original carries the RPC's URL with its credentials. */
function redactedCause(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const cause = new Error(reasonOf(error), error.cause === undefined ? undefined : { cause: redactedCause(error.cause) });
  cause.name = error.name;
  return cause;
}
