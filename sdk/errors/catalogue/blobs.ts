import { defineErrors } from "../entry.ts";

/** Reading and writing blobs by sha256. */
export const blobErrors = defineErrors({
  BLOB_NOT_FOUND: {
    meaning: "None of the stores has the blob.",
    hint: "Check the store's address; if the blob is an output, it is published only after the task is decided.",
    isRetryable: true,
  },
  BLOB_CORRUPT: {
    meaning: "A store served bytes that do not hash to the blob's name.",
    hint: "Do not trust this store; use another one or a mirror.",
    isRetryable: false,
  },
  BLOB_TOO_LARGE: {
    meaning: "A blob is larger than the reader or the store accepts.",
    hint: "Raise the limit if you trust the source, or make the blob smaller.",
    isRetryable: false,
  },
  STORE_UNREACHABLE: {
    meaning: "A store did not answer, answered too slowly, or answered nonsense.",
    hint: "Check that the store runs and that its address is right, then try again.",
    isRetryable: true,
  },
  STORE_REFUSED: {
    meaning: "A store refused a write.",
    hint: "Check the store token (PARITY_STORE_TOKEN) and the store's limits.",
    isRetryable: false,
  },
});
