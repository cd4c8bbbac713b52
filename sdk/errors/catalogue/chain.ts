import { defineErrors } from "../entry.ts";

/** Talking to the chain: the RPC, the account, transactions. */
export const chainErrors = defineErrors({
  RPC_UNREACHABLE: {
    meaning: "The chain's RPC did not answer, answered too slowly, or asked to slow down.",
    hint: "Check that the node runs and that the RPC URL is right, then try again.",
    isRetryable: true,
  },
  RPC_FAILED: {
    meaning: "The chain's RPC answered with an error.",
    hint: "Read the node's answer in the message; another RPC URL of the same chain may accept the call.",
    isRetryable: true,
  },
  WRONG_CHAIN: {
    meaning: "The RPC serves another chain than the one that is meant.",
    hint: "Use an RPC URL of the expected chain.",
    isRetryable: false,
  },
  ARGUMENT_INVALID: {
    meaning: "An address, a hash or a number that was passed is not of the form that the contract takes.",
    hint: "Correct the value that the message names: addresses have 20 bytes, hashes 32, in 0x-hex.",
    isRetryable: false,
  },
  ACCOUNT_MISSING: {
    meaning: "A transaction has to be sent, and the client has no account to send it with.",
    hint: "Create the client with an account, for example createWalletClient({ account: privateKeyToAccount(key), ... }).",
    isRetryable: false,
  },
  NO_CODE_AT_ESCROW: {
    meaning: "There is no contract at the escrow's address on this chain.",
    hint: "Check the escrow's address and that the RPC URL belongs to the chain it was deployed on.",
    isRetryable: false,
  },
  NOT_AN_ESCROW: {
    meaning: "The contract at the escrow's address is not a TaskEscrow.",
    hint: "Check the escrow's address; a TaskEscrowFactory tells the escrow of each asset.",
    isRetryable: false,
  },
  ESCROW_CODE_UNKNOWN: {
    meaning: "The contract at the escrow's address answers like an escrow, but its code is not this version's TaskEscrow.",
    hint: "Check the address; a bounty is safe only in a contract whose code you know. If you do, allow unknown code explicitly.",
    isRetryable: false,
  },
  NO_CODE_AT_GATE: {
    meaning: "There is no contract at the gate's address on this chain, so that nobody could take a slot.",
    hint: "Deploy the gate first, or leave it out for a task that is open to anyone.",
    isRetryable: false,
  },
  NOT_A_MERKLE_GATE: {
    meaning: "The contract at the gate's address does not answer like a MerkleGate.",
    hint: "Check the gate's address; getGate says which kind of gate it is.",
    isRetryable: false,
  },
  GATE_UNKNOWN: {
    meaning: "The gate is neither a MerkleGate nor a TokenGate, so that what it asks of a runner is not known.",
    hint: "Ask whoever made the gate what it wants as a proof, and pass that to reserveSlot or commitResult yourself.",
    isRetryable: false,
  },
  TOKEN_ID_MISSING: {
    meaning: "The gate admits the holder of a token, and it is not said which token the runner holds.",
    hint: "Name the id of a token that the runner's address holds: tokenId in the SDK, RUNNER_GATE_TOKENS for a runner, --token-id on the command line.",
    isRetryable: false,
  },
  NOT_AN_ERC721: {
    meaning: "The token of a new TokenGate does not say that it is an ERC-721, and no minimum of an ERC-20 is named.",
    hint: "Name how much of the token admits (minimum, in its smallest unit) if it is an ERC-20; else check its address.",
    isRetryable: false,
  },
  NOT_A_FACTORY: {
    meaning: "The contract at the factory's address is not this version's TaskEscrowFactory.",
    hint: "Check the address and the chain; leave the factory out to use, or to deploy, the one of this version.",
    isRetryable: false,
  },
  RUNNER_LIST_INVALID: {
    meaning: "A text is not a list of runners.",
    hint: "Write one runner a line, as an address or `address,identity`; or JSON: a list of addresses or of {runner, identity}.",
    isRetryable: false,
  },
  MERKLE_LIST_INVALID: {
    meaning: "A list of runners for a MerkleGate does not have the required shape.",
    hint: "Build lists with buildMerkleList; each runner occurs once, with an identity that is not zero.",
    isRetryable: false,
  },
  MERKLE_LIST_MISMATCH: {
    meaning: "The list that a gate names has another Merkle root than the gate.",
    hint: "The gate was deployed with the hash of another list: nobody can prove a place in it. Use another gate.",
    isRetryable: false,
  },
  INSUFFICIENT_FUNDS: {
    meaning: "The account's balance does not cover what the transaction moves and its gas.",
    hint: "Fund the account that the message names, or lower the amount.",
    isRetryable: false,
  },
  ALLOWANCE_TOO_LOW: {
    meaning: "The escrow may not take as many tokens from the account as the call needs.",
    hint: "Approve the escrow for the amount in the message (approve on the token), then try again.",
    isRetryable: false,
  },
  TRANSACTION_REVERTED: {
    meaning: "The transaction failed on the chain, for a reason that the contract did not name.",
    hint: "Read the task again: another transaction probably came first.",
    isRetryable: false,
  },
  TRANSACTION_TIMED_OUT: {
    meaning: "The transaction was sent and was not mined in time; it may still be.",
    hint: "Look the transaction hash up before you send another one.",
    isRetryable: true,
  },
  TRANSACTION_REFUSED: {
    meaning: "The node or the wallet did not accept the transaction, so that it was not sent.",
    hint: "Read the reason in the message; a wallet's owner may have declined it.",
    isRetryable: false,
  },
  NONCE_CONFLICT: {
    meaning: "Another transaction of the same account came first.",
    hint: "Try again; let one program at a time send from an account.",
    isRetryable: true,
  },
  TASK_UNKNOWN: {
    meaning: "The escrow has no task with this id.",
    hint: "Check the task id, the escrow's address and the chain; a task that was just posted needs a block first.",
    isRetryable: false,
  },
  TASK_EVENT_MISSING: {
    meaning: "The escrow has the task, but its event was not found in the blocks that were searched.",
    hint: "Search from an earlier block (the escrow's deployment), or use an RPC that keeps old logs.",
    isRetryable: false,
  },
  INDEXER_FAILED: {
    meaning: "The indexer of an explorer did not answer, or its answer is not about this escrow.",
    hint: "The page goes on with what it reads from the chain itself. Is the indexer running, does it follow this escrow, and is its address right?",
    isRetryable: true,
  },
  WAIT_ABORTED: {
    meaning: "Waiting was ended by the caller's signal.",
    hint: "Nothing is lost: call again to go on waiting.",
    isRetryable: true,
  },
});
