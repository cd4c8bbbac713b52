import { type ErrorCode, isParityError, ParityError } from "../errors/index.ts";
import type { Sha256Hex } from "../job/sha256.ts";
import type { BlobSource } from "./blob-source.ts";

/** Why one source did not deliver a blob. */
export interface SourceFailure {
  source: string;
  code: ErrorCode;
  message: string;
}

/** Notes why a source did not deliver. */
export function failureOf(source: BlobSource, error: unknown): SourceFailure {
  if (isParityError(error)) return { source: source.label, code: error.code, message: error.message };
  return { source: source.label, code: "STORE_UNREACHABLE", message: error instanceof Error ? error.message : String(error) };
}

/**
 * The codes in the order in which they decide: a store that could not be asked may have the blob, so trying again may help; bytes
 * that lie are worth more attention than a store that has nothing.
 */
const decisiveCodes = ["STORE_UNREACHABLE", "BLOB_CORRUPT", "BLOB_TOO_LARGE", "BLOB_NOT_FOUND"] as const;

/** Makes one error of what every source answered; `details.sources` lists which one failed and why. */
export function noSourceDelivered(sha256: Sha256Hex, failures: readonly SourceFailure[]): ParityError {
  const code =
    decisiveCodes.find((candidate) => failures.some((failure) => failure.code === candidate)) ?? failures[0]?.code ?? "BLOB_NOT_FOUND";
  const reasons = failures.map((failure) => `${failure.source}: ${failure.message}`).join("; ");
  const message =
    failures.length === 0 ? `There is no store to read blob ${sha256} from.` : `No store delivered blob ${sha256}. ${reasons}`;
  return new ParityError(code, message, { details: { sha256, sources: failures } });
}

/** Makes the error for bytes that are not the blob they were asked for as. */
export function corruptBlob(sha256: Sha256Hex, label: string, what: string): ParityError {
  return new ParityError("BLOB_CORRUPT", `${label} served bytes that are not blob ${sha256}: ${what}.`, {
    details: { sha256, source: label },
  });
}
