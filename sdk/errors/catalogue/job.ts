import { defineErrors } from "../entry.ts";

/** Job files, job specs and output manifests. */
export const jobErrors = defineErrors({
  JOB_SPEC_INVALID: {
    meaning: "A job spec does not have the required shape.",
    hint: "Compare the named field with the job spec in docs/protocol.md.",
    isRetryable: false,
  },
  JOB_SPEC_NOT_CANONICAL: {
    meaning: "The bytes of a job spec are not its canonical JSON form, so its hash is not the hash of what it says.",
    hint: "Build job specs with the SDK (encodeJobSpec); a task with such a spec cannot be run.",
    isRetryable: false,
  },
  OUTPUT_MANIFEST_INVALID: {
    meaning: "An output manifest does not have the required shape or is not canonical.",
    hint: "The runner that published it is faulty; fetch from another store or re-run the task with `parity verify`.",
    isRetryable: false,
  },
});
