// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What a submitter offers and asks for. Bound by the task id; stored only in part.
struct TaskTerms {
    uint96 bounty; // in the asset's smallest unit; shared by the matching runners
    uint96 bond; // deposit per slot; returned to every revealer
    uint8 slots; // n, 1..24
    uint8 quorum; // q, 2q > n
    uint40 commitDeadline; // unix seconds
    uint24 revealDelay; // seconds between the close of commits and the first reveal: room for finality
    uint24 revealWindow; // seconds during which reveals are accepted
    address gate; // IRunnerGate, or 0: open to anyone
    bytes32 jobHash; // sha256 of the canonical job spec
    uint256 nonce; // tells two otherwise equal tasks of one submitter apart
}

/// @notice Names a task and proves who submitted it: the task id is `keccak256(abi.encode(submitter, termsHash))`,
/// with `termsHash = keccak256(abi.encode(block.chainid, escrow, terms))`.
struct TaskKey {
    address submitter;
    bytes32 termsHash;
}

/// @notice What a commitment hides until the reveal.
struct Opening {
    bytes32 identity;
    address payee; // paid whoever calls
    bytes32 outputHash; // sha256 of the output manifest
    bytes32 salt; // 256 bits, secret until the reveal
}

enum Phase {
    NONE, // never posted
    OPEN, // slots can be taken and commitments made
    DEAD, // terminal: fewer than q commitments at the deadline
    SEALED, // commitments are final; reveals not yet accepted
    REVEALING,
    ACCEPTED, // terminal: closed with a quorum
    VOID // terminal: closed without one
}

/// @notice The stored facts of a task, unpacked; the phase is derived from them and the clock.
struct TaskState {
    uint96 bounty; // never 0 once posted
    uint40 closesAt; // commitDeadline, pulled forward to the moment when the last slot committed
    uint24 revealDelay;
    uint24 revealWindow;
    uint8 slots;
    uint8 quorum;
    uint8 reserved; // slots taken
    uint8 committed; // slots with a commitment
    uint8 leadingVotes; // revealed votes of the leading hash
    uint8 flags; // HAS_ADMISSION | IS_RECLAIMED
    uint24 revealedMask; // bit i: the slot with number i + 1 has revealed
}

/// @dev TaskState.flags: the task has a gate or a bond.
uint8 constant HAS_ADMISSION = 1;
/// @dev TaskState.flags: the submitter has taken back what nobody earned.
uint8 constant IS_RECLAIMED = 2;

/// @notice Who may take a slot and what it costs. One storage word, written only where the task has one of the two.
struct Admission {
    address gate;
    uint96 bond;
}

/// @notice One runner's place in a task, unpacked.
struct Slot {
    uint8 number; // from 1; 0 means no slot. The high bit says that `seal` is a commitment.
    bytes31 seal; // the commitment; before it, the reserving address, left-aligned
}

/// @notice One item each of a batch; see `performSteps`.
struct ReserveStep {
    TaskKey task;
    bytes proof;
}

struct CommitStep {
    TaskKey task;
    bytes31 commitment;
    bytes proof;
}

struct RevealStep {
    bytes32 taskId;
    bytes32 outputHash;
    bytes32 salt;
}

struct ClaimStep {
    TaskKey task;
    bytes32 outputHash;
    bytes32 salt;
}

/// @notice A batch of steps of one identity with one payee. All steps may be about different tasks.
struct Steps {
    bytes32 identity;
    address payee;
    RevealStep[] reveals;
    ClaimStep[] claims;
    CommitStep[] commits;
    ReserveStep[] reservations;
}
