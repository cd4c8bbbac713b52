import { defineErrors } from "../entry.ts";

/** Serving blobs. */
export const storeErrors = defineErrors({
  STORE_CONFIG_INVALID: {
    meaning: "The store program's configuration is missing a variable or has a wrong one.",
    hint: "Set the named variable as in the example, in the environment or in .env.",
    isRetryable: false,
  },
  STORE_CANNOT_LISTEN: {
    meaning: "The store cannot listen on its address.",
    hint: "Choose a free port (STORE_PORT, 0 picks one) and an address of this machine (STORE_HOST).",
    isRetryable: false,
  },
  STORE_DISK_FAILED: {
    meaning: "The store's disk refused to read or write.",
    hint: "Check that the store's directory exists, is writable and that its disk is healthy.",
    isRetryable: true,
  },
  STORE_DIRECTORY_UNUSABLE: {
    meaning: "The store's directory is in a file system that cannot keep files, such as /proc.",
    hint: "Set STORE_DIRECTORY to a directory on a disk.",
    isRetryable: false,
  },
  STORE_PINS_INVALID: {
    meaning: "The file that says which blobs a store keeps for ever has a line that is not the name of a blob.",
    hint: "Correct the line: 64 lower-case hexadecimal digits, then perhaps a # and a remark. Until then nothing is removed.",
    isRetryable: false,
  },
  STORE_BUSY: {
    meaning: "Somebody made more requests to a store than it answers in that time.",
    hint: "Wait as long as the Retry-After header says.",
    isRetryable: true,
  },
  STORE_BROKEN: {
    meaning: "The store met an error that it does not know.",
    hint: "Look into the store's log, and report it with what is written there.",
    isRetryable: true,
  },
  STORE_REQUEST_INVALID: {
    meaning: "A request to a store does not have the required shape.",
    hint: "Compare the request with docs/store.md.",
    isRetryable: false,
  },
  STORE_ROUTE_UNKNOWN: {
    meaning: "A store has nothing at this path, or does not answer this method there.",
    hint: "The routes of a store are listed in docs/store.md.",
    isRetryable: false,
  },
  STORE_RANGE_INVALID: {
    meaning: "A request asked for bytes beyond the end of a blob.",
    hint: "Ask HEAD for the blob's size, or leave the Range header out.",
    isRetryable: false,
  },
  STORE_UPLOAD_INCOMPLETE: {
    meaning: "An upload ended early, or was too slow.",
    hint: "Send the blob again.",
    isRetryable: true,
  },
});
