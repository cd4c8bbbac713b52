import { defineErrors } from "../entry.ts";

/** The runner: its set-up, its key, its journal. */
export const runnerErrors = defineErrors({
  RUNNER_CONFIG_INVALID: {
    meaning: "A RUNNER_ variable is missing, unknown or has a value that cannot be used.",
    hint: "Correct the variables that the message names, in the environment or in .env.",
    isRetryable: false,
  },
  KEYSTORE_INVALID: {
    meaning: "The keystore file cannot be read or is not an encrypted JSON keystore.",
    hint: "Check RUNNER_KEYSTORE; `parity wallet new` makes a keystore.",
    isRetryable: false,
  },
  KEYSTORE_PASSWORD_WRONG: {
    meaning: "The password does not open the keystore.",
    hint: "Check the first line of the file that RUNNER_PASSWORD_FILE names.",
    isRetryable: false,
  },
  RUNNER_DIRECTORY_IN_USE: {
    meaning: "Another runner works in the same directory.",
    hint: "Stop it first, or give this runner a RUNNER_DIRECTORY and a key of its own.",
    isRetryable: true,
  },
  RUNNER_DIRECTORY_UNUSABLE: {
    meaning: "The runner's directory cannot be made or written to.",
    hint: "Check RUNNER_DIRECTORY, its owner and the free space on its disk.",
    isRetryable: false,
  },
  JOURNAL_CORRUPT: {
    meaning: "The journal's file is damaged; it was moved aside and nothing in it was deleted.",
    hint: "Start again: a new journal is rebuilt from the chain, and open tasks are run again. Keep the damaged file until they are settled.",
    isRetryable: false,
  },
  JOURNAL_TOO_NEW: {
    meaning: "The journal was written by a newer version of the runner; it was not touched.",
    hint: "Start the newer version, or use another RUNNER_DIRECTORY.",
    isRetryable: false,
  },
  JOURNAL_TOO_OLD: {
    meaning: "The journal was written by an older version of the runner, and was only to be read.",
    hint: "Start the runner once: it brings its journal to the newest version.",
    isRetryable: false,
  },
  RUNNER_NOT_FOUND: {
    meaning: "No runner answers, and there is no journal of one.",
    hint: "Check RUNNER_DIRECTORY, and RUNNER_METRICS_PORT where the runner serves its status.",
    isRetryable: false,
  },
  BACKUP_FAILED: {
    meaning: "The journal could not be copied.",
    hint: "Name a new file on a disk with room, and run it as the runner's user.",
    isRetryable: false,
  },
  JOURNAL_OF_ANOTHER_RUNNER: {
    meaning: "The journal belongs to another address, escrow or chain.",
    hint: "Give each combination of key, escrow and chain a RUNNER_DIRECTORY of its own.",
    isRetryable: false,
  },
  PROMISE_CONFLICT: {
    meaning: "A second and different commitment to the same task was about to be promised.",
    hint: "The first promise stands and nothing was sent. The job is probably not deterministic: check it with `parity verify`.",
    isRetryable: false,
  },
  OUTPUT_DIFFERS: {
    meaning: "The job was run again and gave another output than the one that was promised.",
    hint: "The job is probably not deterministic: check it with `parity verify`. The promise stands; its output cannot be published.",
    isRetryable: false,
  },
  SELF_CHECK_FAILED: {
    meaning: "The job was run twice before a commitment and gave two outputs; nothing was committed, and the job is refused from now on.",
    hint: "Find out why with `parity verify` or `parity check`; RUNNER_SELF_CHECK says which jobs are run twice.",
    isRetryable: false,
  },
  LOCATION_REFUSED: {
    meaning: "A task's location names a host inside the runner's own network, which a stranger must not make it call.",
    hint: "Add the store to RUNNER_STORE_URLS if you trust it.",
    isRetryable: false,
  },
  FEE_ABOVE_CEILING: {
    meaning: "The chain asks for a higher fee than the runner may pay.",
    hint: "Wait for the fee to fall, or raise RUNNER_MAX_FEE_PER_GAS_WEI.",
    isRetryable: true,
  },
  METRICS_PORT_UNUSABLE: {
    meaning: "The port for metrics cannot be listened on.",
    hint: "Choose a free port in RUNNER_METRICS_PORT, or leave it out.",
    isRetryable: false,
  },
});
