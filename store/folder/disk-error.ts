import { isParityError, ParityError } from "@parity-protocol/sdk";

/** Says whether a file operation failed because the file is not there. */
export function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}

/** Puts a failed file operation into the words of the catalogue; leaves other errors as they are. */
export function diskError(error: unknown, what: string): unknown {
  if (isParityError(error)) return error;
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  if (code === "ENOSPC" || code === "EDQUOT") return new ParityError("STORE_FULL", `The disk is full: ${what}.`, { cause: error });
  return new ParityError("STORE_DISK_FAILED", `The disk refused with ${code} (${syscall}): ${what}.`, { cause: error });
}
