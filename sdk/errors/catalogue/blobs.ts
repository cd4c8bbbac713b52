import { defineErrors } from "../entry.ts";

/** Reading and writing blobs by sha256. */
export const blobErrors = defineErrors({
  BLOB_NOT_FOUND: {
    meaning: "None of the stores has the blob.",
    hint: "Check the store's address; if the blob is an output, it is published only after the task is decided.",
    isRetryable: true,
  },
  BLOB_CORRUPT: {
    meaning: "Bytes do not hash to the name of the blob that they are given out as.",
    hint: "When reading, do not trust this store: use another one or a mirror. When writing, check that the file does not change meanwhile.",
    isRetryable: false,
  },
  BLOB_TOO_LARGE: {
    meaning: "A blob is larger than the reader or the store accepts.",
    hint: "Raise the limit if you trust the source, or make the blob smaller.",
    isRetryable: false,
  },
  BLOB_NAME_INVALID: {
    meaning: "Something that is not 64 lower-case hexadecimal digits was given as the name of a blob.",
    hint: "Name a blob by the sha256 of its bytes, without 0x.",
    isRetryable: false,
  },
  BLOB_FILE_UNREADABLE: {
    meaning: "A file that should become a blob cannot be read.",
    hint: "Check the path and the permissions; only regular files can be blobs.",
    isRetryable: false,
  },
  STORE_URL_INVALID: {
    meaning: "The address of a store is not an http or https URL without credentials, query and fragment.",
    hint: "Give the store's base URL, for example http://127.0.0.1:8090, and the token apart from it.",
    isRetryable: false,
  },
  STORE_TOKEN_INVALID: {
    meaning: "A store token has characters that a request cannot carry.",
    hint: "Give the token as the store's owner wrote it: printable characters, without spaces and without a line break at its end.",
    isRetryable: false,
  },
  LOCATION_INVALID: {
    meaning: "A task's location hint is not a short list of store URLs.",
    hint: "Give at most 8 http or https URLs, separated by spaces, in at most 256 bytes.",
    isRetryable: false,
  },
  STORE_UNREACHABLE: {
    meaning: "A store did not answer, answered too slowly, or answered nonsense.",
    hint: "Check that the store runs and that its address is right, then try again.",
    isRetryable: true,
  },
  STORE_REFUSED: {
    meaning: "A store refused a request, usually a write without the right token or signature.",
    hint: "Check the store token (PARITY_STORE_TOKEN, RUNNER_STORE_TOKEN), or that the signer is the submitter or a runner of the task, and the store's limits.",
    isRetryable: false,
  },
  STORE_WRITE_NOT_DUE: {
    meaning:
      "A runner's output is not taken by a store yet: as far as the store knows, its task is not decided or its manifest has not come.",
    hint: "Try again: the store may see the chain later than you do. Send an output's manifest before its blobs.",
    isRetryable: true,
  },
  STORE_QUOTA_EXCEEDED: {
    meaning: "A store has taken as many signed bytes today as it takes of one address, or of all together.",
    hint: "Try again tomorrow (UTC), use another store, or ask the store's owner for a token.",
    isRetryable: true,
  },
  STORE_FULL: {
    meaning: "A store has no room left for the blob.",
    hint: "Raise the store's STORE_MAX_BYTES, free some of its disk, or use another store.",
    isRetryable: true,
  },
});
