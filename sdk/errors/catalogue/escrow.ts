import { defineErrors } from "../entry.ts";

/** What the escrow and its factory refuse: one row for every custom error of the contracts, and what the SDK checks before. */
export const escrowErrors = defineErrors({
  SLOTS_OUT_OF_RANGE: {
    meaning: "The terms ask for no slot, or for more slots than a task may have.",
    hint: "Ask for 1 to 24 slots.",
    isRetryable: false,
  },
  QUORUM_OUT_OF_RANGE: {
    meaning: "The quorum is not a majority of the slots, or exceeds them.",
    hint: "Choose a quorum above half of the slots and at most all of them, for example 2 of 3 or 4 of 5.",
    isRetryable: false,
  },
  BOUNTY_TOO_SMALL: {
    meaning: "The bounty is less than one unit for each slot.",
    hint: "Raise the bounty.",
    isRetryable: false,
  },
  BONDS_EXCEED_BOUNTY: {
    meaning: "The bonds of all slots together exceed the bounty.",
    hint: "Lower the bond or raise the bounty.",
    isRetryable: false,
  },
  DEADLINE_IN_THE_PAST: {
    meaning: "The commit deadline is not in the future, by the chain's clock.",
    hint: "Choose a later deadline; compare it with the time of the chain's latest block, not with the local clock.",
    isRetryable: false,
  },
  DEADLINE_TOO_SOON: {
    meaning: "The commit deadline is so close that the transaction may be mined after it.",
    hint: "Choose a later deadline: runners have to fetch and execute the job before it.",
    isRetryable: false,
  },
  REVEAL_WINDOW_IS_ZERO: {
    meaning: "The reveal window has no length, so that nobody could reveal.",
    hint: "Give runners time to reveal: several blocks of the chain.",
    isRetryable: false,
  },
  TERMS_INVALID: {
    meaning: "A term of the task is not a number of the kind, or in the range, that the contract can hold.",
    hint: "Correct the term that the message names.",
    isRetryable: false,
  },
  LOCATION_TOO_LONG: {
    meaning: "The location hint is longer than the contract accepts.",
    hint: "Name fewer stores, or stores with shorter addresses.",
    isRetryable: false,
  },
  TASK_ALREADY_POSTED: {
    meaning: "The same submitter has posted a task with the same terms before.",
    hint: "Follow the task that is there, or choose another nonce to post it again.",
    isRetryable: false,
  },
  WRONG_PHASE: {
    meaning: "The task is in another phase than the call needs.",
    hint: "Read the phases in docs/life-of-a-task.md; wait for the required phase if it is still to come.",
    isRetryable: false,
  },
  TASK_NOT_CLOSED: {
    meaning: "The call needs a task that has come to its end: DEAD, ACCEPTED or VOID.",
    hint: "Wait until the task is closed.",
    isRetryable: true,
  },
  NO_FREE_SLOT: {
    meaning: "Every slot of the task is taken.",
    hint: "Take a slot in another task.",
    isRetryable: false,
  },
  RUNNER_IS_SUBMITTER: {
    meaning: "The submitter of a task may not run it.",
    hint: "Run it with another account.",
    isRetryable: false,
  },
  RUNNER_NOT_ADMITTED: {
    meaning: "The task's gate refused the runner, or failed.",
    hint: "Check that the runner is on the gate's list and that the proof belongs to it.",
    isRetryable: false,
  },
  TOO_MANY_STRIKES: {
    meaning: "The identity has been struck out in this scope, for good.",
    hint: "Find out why its outputs differed or were not revealed; take tasks of other gates or submitters.",
    isRetryable: false,
  },
  SLOT_ALREADY_TAKEN: {
    meaning: "The identity has a slot in this task already.",
    hint: "Go on with the slot that it has: one identity holds one slot.",
    isRetryable: false,
  },
  WRONG_IDENTITY: {
    meaning: "The gate knows the runner under another identity than the one it committed for.",
    hint: "Commit with the identity that the gate gives to the runner.",
    isRetryable: false,
  },
  WRONG_RESERVER: {
    meaning: "Another address reserved the slot.",
    hint: "Commit from the address that reserved the slot.",
    isRetryable: false,
  },
  ALREADY_COMMITTED: {
    meaning: "The slot holds a commitment already; it cannot be replaced.",
    hint: "Reveal the commitment that is there when the time comes.",
    isRetryable: false,
  },
  COMMITMENT_IS_ZERO: {
    meaning: "A commitment of zero bytes says nothing.",
    hint: "Compute the commitment with commitmentOf.",
    isRetryable: false,
  },
  NO_SLOT: {
    meaning: "The identity has no slot in this task, or it was settled before.",
    hint: "Check the identity; a slot that was claimed is gone, and nothing more is owed.",
    isRetryable: false,
  },
  NOT_COMMITTED: {
    meaning: "The slot holds no commitment, so that there is nothing to open.",
    hint: "A slot that is only reserved can be reported once the task is closed.",
    isRetryable: false,
  },
  WRONG_OPENING: {
    meaning: "The opening belongs to another commitment than the slot's.",
    hint: "Use the identity, payee, output hash and salt that were committed to.",
    isRetryable: false,
  },
  ALREADY_REVEALED: {
    meaning: "The slot has revealed before.",
    hint: "Nothing to do: the vote is counted.",
    isRetryable: false,
  },
  NOT_A_NO_SHOW: {
    meaning: "The runner kept its promise as far as it could, so that there is nothing to report.",
    hint: "Report only slots that did not reveal, or in a DEAD task did not commit while others did.",
    isRetryable: false,
  },
  ALREADY_RECLAIMED: {
    meaning: "The submitter took back what nobody earned before.",
    hint: "Nothing to do: the money is there.",
    isRetryable: false,
  },
  WRONG_VALUE: {
    meaning: "The value sent with the transaction is not what the call takes.",
    hint: "Send exactly the bounty or the bond; nothing where the asset is a token.",
    isRetryable: false,
  },
  WRONG_AMOUNT_RECEIVED: {
    meaning: "The token delivered another amount than it was asked to move.",
    hint: "Tokens that take a fee on transfers are not supported; use another asset.",
    isRetryable: false,
  },
  TRANSFER_FAILED: {
    meaning: "The receiver refused the native currency.",
    hint: "The payee must be an address that accepts plain transfers; the slot stays as it is.",
    isRetryable: false,
  },
  TOKEN_CALL_FAILED: {
    meaning: "The token refused a transfer.",
    hint: "Check the balance and the allowance of the account, and whether the token has been paused.",
    isRetryable: false,
  },
  ASSET_HAS_NO_PERMIT: {
    meaning: "A permit was asked of an asset that has none: the native currency, or a token without permits.",
    hint: "Post without a permit: native currency goes with the transaction, a token needs an allowance.",
    isRetryable: false,
  },
  ASSET_HAS_NO_CODE: {
    meaning: "The asset of a new escrow is neither the zero address nor a contract.",
    hint: "Check the token's address and the chain.",
    isRetryable: false,
  },
  TOKEN_HAS_NO_CODE: {
    meaning: "The token of a new gate is not a contract.",
    hint: "Check the token's address and the chain.",
    isRetryable: false,
  },
  ESCROW_EXISTS: {
    meaning: "The asset has an escrow already.",
    hint: "Use the escrow that the message names.",
    isRetryable: false,
  },
  CALLER_IS_NOT_ESCROW: {
    meaning: "The function is for the escrow's own batches.",
    hint: "Call performSteps, or the verb itself.",
    isRetryable: false,
  },
  STEP_OUT_OF_GAS: {
    meaning: "A step of a batch ran out of gas; nothing of the batch was done.",
    hint: "Send the batch again with more gas or fewer steps.",
    isRetryable: true,
  },
  REENTRANT_CALL: {
    meaning: "The escrow was called again while it was paying.",
    hint: "The payee or the token is a contract that calls back: call the escrow afterwards instead.",
    isRetryable: false,
  },
});
