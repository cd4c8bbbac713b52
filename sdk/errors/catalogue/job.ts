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
  OUTPUT_FILE_UNKNOWN: {
    meaning: "An output has no file of this path.",
    hint: "Use a path that the output manifest lists; paths are relative to /output.",
    isRetryable: false,
  },
  JOB_FILE_UNREADABLE: {
    meaning: "A job file does not exist or cannot be read.",
    hint: "Check the path; a job is described in a JSON file, see docs/job.schema.json.",
    isRetryable: false,
  },
  JOB_FILE_INVALID: {
    meaning: "A job file is not JSON, or a field of it has the wrong name or type.",
    hint: "Correct the named place; docs/job.schema.json describes every field.",
    isRetryable: false,
  },
  INPUT_NOT_FOUND: {
    meaning: "The input, the image's folder or the archive that a job file names does not exist.",
    hint: "Paths in a job file are relative to the file itself.",
    isRetryable: false,
  },
  INPUT_UNSUPPORTED: {
    meaning: "The input holds something other than regular files and folders with portable names.",
    hint: "Copy what a symbolic link points to; leave out sockets, pipes and devices; rename what is not UTF-8.",
    isRetryable: false,
  },
  INPUT_TOO_LARGE: {
    meaning: "The input has more files or bytes than a job may have.",
    hint: "Leave out what the job does not read, or pack many files into one archive.",
    isRetryable: false,
  },
});
