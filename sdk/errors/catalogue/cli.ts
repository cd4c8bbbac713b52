import { defineErrors } from "../entry.ts";

/** The command line: its arguments, files, keys and the local network. */
export const cliErrors = defineErrors({
  USAGE_INVALID: {
    meaning: "A command line has an unknown command or option, or lacks an argument.",
    hint: "Run `parity --help`, or `parity <command> --help`.",
    isRetryable: false,
  },
  AMOUNT_INVALID: {
    meaning: "A text is not an amount of money.",
    hint: "Write a number with its unit: 0.01eth, 500gwei, 7wei; for an escrow of a token its symbol, such as 5usdc.",
    isRetryable: false,
  },
  DURATION_INVALID: {
    meaning: "A text is not a length of time.",
    hint: "Write numbers with their units: 90s, 10m, 1h30m, 2d.",
    isRetryable: false,
  },
  CONFIG_INVALID: {
    meaning: "A setting, from a flag, the environment or .env, does not have the required form.",
    hint: "Correct the named setting.",
    isRetryable: false,
  },
  NETWORK_UNKNOWN: {
    meaning: "No flag, variable or network file says which network to use.",
    hint: "Start a local network with `parity up`, or name one: --rpc-url and --escrow, or PARITY_RPC_URL and PARITY_ESCROW.",
    isRetryable: false,
  },
  NETWORK_FILE_INVALID: {
    meaning: "The network file .parity/network.json cannot be used.",
    hint: "Correct the named field, or remove the file and run `parity up` or `parity deploy` again.",
    isRetryable: false,
  },
  NETWORK_ALREADY_UP: {
    meaning: "A local network is already running from this folder.",
    hint: "Use it as it is, or stop the process that is named.",
    isRetryable: false,
  },
  LOCAL_CHAIN_UNAVAILABLE: {
    meaning: "The local network's chain is not installed or did not start.",
    hint: "Run scripts/setup in the project, then try again; outside of the project, use a network with --rpc-url instead.",
    isRetryable: false,
  },
  EXPLORER_UNAVAILABLE: {
    meaning: "The explorer's page could not be built or served.",
    hint: "Run scripts/setup in the project; `npm run build -w explorer` shows what fails. `parity up --no-explorer` goes without it.",
    isRetryable: false,
  },
  LOCAL_NETWORK_FAILED: {
    meaning: "A part of the local network did not start, or stopped unexpectedly.",
    hint: "Read the log that is named.",
    isRetryable: false,
  },
  KEY_MISSING: {
    meaning: "A command that sends a transaction found no key.",
    hint: "Set PARITY_KEYSTORE and PARITY_PASSWORD_FILE (`parity wallet new` makes one), or PARITY_PRIVATE_KEY.",
    isRetryable: false,
  },
  KEY_INVALID: {
    meaning: "A key, a keystore or its password cannot be used.",
    hint: "A private key is 0x and 64 hexadecimal digits; a keystore is the JSON file that `parity wallet new` writes.",
    isRetryable: false,
  },
  FILE_EXISTS: {
    meaning: "A file or folder that a command would write is already there.",
    hint: "Choose another path, or remove it first.",
    isRetryable: false,
  },
  FILE_UNREADABLE: {
    meaning: "A file that a command needs cannot be read or written.",
    hint: "Check the path and its permissions.",
    isRetryable: false,
  },
  CLOCK_OFF: {
    meaning: "This machine's clock and the chain's differ too much.",
    hint: "Set this machine's clock (with NTP), or ask another RPC: its node may be out of step.",
    isRetryable: false,
  },
  TEMPLATE_UNAVAILABLE: {
    meaning: "A template of `parity init` needs a program that this machine does not have.",
    hint: "Install what is named, or take another template: `parity init --help` lists them.",
    isRetryable: false,
  },
  IMAGE_RECIPE_INVALID: {
    meaning: "An image recipe, its lock, or a path that it names is wrong.",
    hint: "Correct what is named; examples/README.md says what a recipe.json can hold.",
    isRetryable: false,
  },
  IMAGE_RECIPE_STALE: {
    meaning: "The packages that an image recipe has locked are not those that the mirror offers, or not those that it asks for.",
    hint: "Delete its debian.lock.json to lock today's versions (another image, which may give another output), or use a mirror that keeps the old ones.",
    isRetryable: false,
  },
  PACKAGES_UNAVAILABLE: {
    meaning: "The packages of an image recipe cannot be got with this machine's apt-get or npm.",
    hint: "Read what the program said. Debian packages need apt-get with fresh lists (apt-get update), npm packages need npm; both need their mirror.",
    isRetryable: true,
  },
  CONFIRMATION_NEEDED: {
    meaning: "A command would spend money, and nobody is there to agree.",
    hint: "Add --yes once the amounts are what you want.",
    isRetryable: false,
  },
  CONFIRMATION_REFUSED: {
    meaning: "The person at the terminal did not agree to the amounts.",
    hint: "Nothing was sent. Change the options and run the command again.",
    isRetryable: false,
  },
  TASK_ID_AMBIGUOUS: {
    meaning: "Several tasks' ids begin as it was written.",
    hint: "Write more of the id that you mean.",
    isRetryable: false,
  },
  TASK_ID_INVALID: {
    meaning: "A text is neither a task id nor the beginning of one.",
    hint: "`parity list` shows the ids of this network's tasks.",
    isRetryable: false,
  },
  RESULT_NOT_READY: {
    meaning: "The task is not decided yet.",
    hint: "Wait for it with `parity watch <task>`, then ask again.",
    isRetryable: true,
  },
  RESULT_ABSENT: {
    meaning: "The task ended without an accepted result, so there is nothing to fetch.",
    hint: "`parity status` shows what each runner answered; `parity reclaim` returns the bounty.",
    isRetryable: false,
  },
  INTERRUPTED: {
    meaning: "The command was interrupted.",
    hint: "What was sent stays sent: `parity list` and `parity status` show where the task stands.",
    isRetryable: true,
  },
  UNEXPECTED: {
    meaning: "Something failed that the program does not foresee: most likely a bug.",
    hint: "Run the command again with --json and report the whole message.",
    isRetryable: false,
  },
});
