export { type ErrorCode, errorCatalogue } from "./catalogue.ts";
export type { ErrorEntry } from "./entry.ts";
export { isParityError, ParityError, type ParityErrorOptions } from "./parity-error.ts";
