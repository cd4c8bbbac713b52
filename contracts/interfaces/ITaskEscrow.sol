// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Opening, Phase, Slot, Steps, TaskKey, TaskState, TaskTerms} from "./TaskTypes.sol";

/// @title ITaskEscrow
/// @notice Escrows bounties for tasks, counts sealed answers and pays the runners who agree. One escrow holds one asset.
/// @dev Amounts are in the asset's smallest unit, times in unix seconds. No owner, no fee, no pause, no upgrade.
/// Assumes of the asset: balances change by transfers alone (no rebasing), and a transfer moves exactly its amount.
/// The functions stand in the order of a task's life.
interface ITaskEscrow {
    // ---------------------------------------------------------------- events

    /// @notice A bounty was escrowed. `location` hints where the blobs can be fetched; never trust it.
    event TaskPosted(bytes32 indexed taskId, address indexed submitter, bytes32 indexed jobHash, TaskTerms terms, string location);

    /// @notice `runner` took slot number `slot` (from 1) before doing any work.
    event SlotReserved(bytes32 indexed taskId, bytes32 indexed identity, address runner, uint8 slot);

    /// @notice An answer was sealed. Emitted alone, without SlotReserved, where the commitment took its slot itself.
    event ResultCommitted(bytes32 indexed taskId, bytes32 indexed identity, uint8 slot, bytes31 commitment);

    /// @notice A seal was opened and its vote counted.
    event ResultRevealed(bytes32 indexed taskId, bytes32 indexed identity, address payee, bytes32 outputHash, bytes32 salt);

    /// @notice The q-th equal answer was revealed: `outputHash` is the task's result, for ever.
    event TaskDecided(bytes32 indexed taskId, bytes32 outputHash);

    /// @notice A slot was settled and is gone. `share` of the bounty; `bond`: the deposit and a part of the forfeited ones.
    event PayoutClaimed(bytes32 indexed taskId, bytes32 indexed identity, address indexed payee, uint256 share, uint256 bond);

    /// @notice What nobody earned went back to the submitter.
    event BountyReclaimed(bytes32 indexed taskId, address indexed submitter, uint256 amount);

    /// @notice An identity mismatched a decided result or did not show up; `strikes` is its count in `scope` now.
    event StrikeRecorded(address indexed scope, bytes32 indexed identity, bytes32 indexed taskId, uint8 strikes);

    /// @notice A match set the identity's strikes in `scope` back to 0.
    event StrikesCleared(address indexed scope, bytes32 indexed identity, bytes32 indexed taskId);

    /// @notice One step of a batch was refused and left out; `reason` is the error that it would have reverted with.
    event StepSkipped(bytes32 indexed taskId, bytes reason);

    // ---------------------------------------------------------------- errors: the terms of a task

    /// @notice The terms ask for no slot, or for more than a task may have.
    error SlotsOutOfRange(uint256 actual, uint256 maximum);
    /// @notice The quorum is not a majority of the slots, or exceeds them.
    error QuorumOutOfRange(uint256 actual, uint256 minimum, uint256 maximum);
    /// @notice The bounty is less than one unit a slot.
    error BountyTooSmall(uint256 actual, uint256 minimum);
    /// @notice All bonds together exceed the bounty.
    error BondsExceedBounty(uint256 actual, uint256 maximum);
    /// @notice The commit deadline is not in the future.
    error DeadlineInThePast(uint256 actual, uint256 currentTime);
    /// @notice The reveal window is zero seconds long.
    error RevealWindowIsZero();
    /// @notice The location hint is too long.
    error LocationTooLong(uint256 actualBytes, uint256 maximumBytes);
    /// @notice The same submitter posted the same terms before; change the nonce.
    error TaskAlreadyPosted(bytes32 taskId);

    // ---------------------------------------------------------------- errors: the time

    /// @notice The task is in another phase than the call needs. NONE: it was never posted.
    error WrongPhase(Phase actual, Phase required);
    /// @notice The call needs a terminal phase: DEAD, ACCEPTED or VOID.
    error TaskNotClosed(Phase actual);

    // ---------------------------------------------------------------- errors: taking a slot, committing

    /// @notice Every slot is taken.
    error NoFreeSlot(uint256 taken, uint256 slots);
    /// @notice The submitter may not run its own task.
    error RunnerIsSubmitter(address runner);
    /// @notice The gate refused the runner, or failed.
    error RunnerNotAdmitted(address gate, address runner);
    /// @notice The identity has been struck out in this scope, for good.
    error TooManyStrikes(uint256 actual, uint256 maximum);
    /// @notice The identity has a slot in this task already.
    error SlotAlreadyTaken(bytes32 identity);
    /// @notice The gate knows the runner under another identity than the one that it committed for.
    error WrongIdentity(bytes32 actual, bytes32 required);
    /// @notice The slot was reserved by another address.
    error WrongReserver(address actual, address required);
    /// @notice The slot has a commitment already; it cannot be replaced.
    error AlreadyCommitted(bytes32 identity);
    /// @notice A commitment of zero bytes says nothing.
    error CommitmentIsZero();

    // ---------------------------------------------------------------- errors: opening a slot, settling

    /// @notice The identity has no slot in this task, or it was settled before.
    error NoSlot(bytes32 identity);
    /// @notice The slot holds no commitment: there is nothing to open.
    error NotCommitted(bytes32 identity);
    /// @notice The opening belongs to another commitment than the slot's.
    error WrongOpening(bytes31 actual, bytes31 required);
    /// @notice The slot has revealed before.
    error AlreadyRevealed(bytes32 identity);
    /// @notice The runner did what it promised, as far as it could: nothing to report.
    error NotANoShow(bytes32 identity);
    /// @notice The submitter took back what nobody earned before.
    error AlreadyReclaimed(bytes32 taskId);

    // ---------------------------------------------------------------- errors: money, batches

    /// @notice The native value sent is not what the call takes.
    error WrongValue(uint256 actual, uint256 required);
    /// @notice The token delivered another amount than it was asked to move.
    error WrongAmountReceived(uint256 actual, uint256 required);
    /// @notice The receiver refused the native currency.
    error TransferFailed(address to, uint256 amount);
    /// @notice A permit was given to an escrow whose asset has none.
    error AssetHasNoPermit();
    /// @notice The function is for the escrow's own batches.
    error CallerIsNotEscrow(address actual);
    /// @notice A step of a batch ran out of gas: nothing of the batch was done; send it again with more.
    error StepOutOfGas(bytes32 taskId);

    // ---------------------------------------------------------------- the verbs

    /// @notice Escrows a bounty for a task and names the job by its hash.
    /// Takes `terms.bounty` from the caller: exactly that value, or that much of the token by allowance.
    /// Emits {TaskPosted}.
    /// Requires 1..24 slots; a quorum that is a majority of them; a bounty of at least one unit a slot and at least all
    /// bonds; a deadline in the future; a reveal window; a location of at most 256 bytes; terms never posted before.
    /// Assumes that the gate, if there is one, is honest towards the submitter: it decides who the committee is.
    /// @return taskId `keccak256(abi.encode(submitter, termsHash))`
    function postTask(TaskTerms calldata terms, string calldata location) external payable returns (bytes32 taskId);

    /// @notice Posts a task and lets an ERC-2612 permit for exactly the bounty stand for the allowance.
    /// Emits {TaskPosted}.
    /// Requires what {postTask} requires, and an asset that is a token. A permit that fails (somebody else may have sent it
    /// first) is ignored: the allowance decides.
    /// @param deadline of the permit, unix seconds
    function postTaskWithPermit(
        TaskTerms calldata terms,
        string calldata location,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (bytes32 taskId);

    /// @notice Takes a slot for the caller before any work is done, so that no work is wasted. Takes the bond.
    /// Emits {SlotReserved}.
    /// Requires OPEN, a free slot, a caller that is not the submitter, an identity admitted by the gate that has fewer than 3
    /// strikes in the scope and no slot in this task.
    /// @param proof what the gate asks for; ignored without a gate
    /// @return identity the gate's name for the caller; without a gate its address, left-padded
    function reserveSlot(TaskKey calldata task, bytes calldata proof) external payable returns (bytes32 identity);

    /// @notice Seals an answer. Into the slot that the caller reserved (the gate is not asked again), or else into a new one,
    /// which then takes the bond. A commitment cannot be replaced. The last slot's commitment ends OPEN at once.
    /// Emits {ResultCommitted}.
    /// Requires OPEN and a commitment that is not zero; with a slot, that the caller reserved it and has not committed;
    /// without one, what {reserveSlot} requires, and that the gate names the caller `identity`.
    /// @param commitment `bytes31(keccak256(abi.encode(chainid, escrow, taskId, identity, payee, outputHash, salt)))`
    /// @param proof what the gate asks for; ignored without a gate or with a reservation
    function commitResult(TaskKey calldata task, bytes32 identity, bytes31 commitment, bytes calldata proof) external payable;

    /// @notice Opens a seal and counts its vote. Open to anyone: the opening is the authority.
    /// Emits {ResultRevealed}, and {TaskDecided} with the q-th equal answer.
    /// Requires REVEALING, a commitment that this opening opens, not revealed before.
    function revealResult(bytes32 taskId, Opening calldata opening) external;

    /// @notice Settles one slot: pays the payee its share of the bounty and its bond, and keeps the count of strikes. Open to
    /// anyone who holds the opening; the money goes to the payee inside it.
    /// A share: accepted, revealed and equal, floor(bounty / matching). The bond, with a part of the forfeited ones: every
    /// revealer; in a DEAD task every committer; and where nobody committed at all, every reserver, by an opening with its
    /// address as payee and the hash and the salt zero. Nothing, and a strike: committed but not revealed.
    /// Emits {PayoutClaimed}; {StrikeRecorded} for a mismatch or a missing reveal; {StrikesCleared} for a match after strikes.
    /// Requires a terminal phase and a slot that this opening opens. A slot that is reserved only is for {reportNoShow}.
    /// Assumes that the payee can receive the asset; else the slot stays as it is.
    function claimPayout(TaskKey calldata task, Opening calldata opening) external;

    /// @notice Returns to the submitter, once, what nobody earned: the bounty of a DEAD or VOID task, the remainder of an
    /// accepted one, and the forfeited bonds that nobody earned or that do not divide. Open to anyone.
    /// Emits {BountyReclaimed}.
    /// Requires a terminal phase, not reclaimed before.
    /// Assumes that the submitter can receive the asset; else only the submitter's own money is stuck.
    function reclaimBounty(TaskKey calldata task) external;

    /// @notice Records a strike against a runner that took a slot and did not keep its promise, and frees the slot. Pays nothing:
    /// its bond is the revealers'. Open to anyone.
    /// Emits {StrikeRecorded}.
    /// Requires a terminal phase and a slot that has not revealed; in a DEAD task, one that has not committed while another has.
    function reportNoShow(TaskKey calldata task, bytes32 identity) external;

    /// @notice Performs many steps of one identity in one transaction: the reveals, then the claims, the commitments and the
    /// reservations. A step that is refused is skipped and loses nothing but itself. All payouts go to `steps.payee` in one
    /// transfer; all bonds come from the caller in one. Native: the value must cover the bonds of the steps that went
    /// through; the rest is sent back.
    /// Emits what the single calls emit, and {StepSkipped} for each step left out.
    /// Requires funds for the bonds, a payee that takes the payouts, and gas for every step ({StepOutOfGas}); else reverts whole.
    function performSteps(Steps calldata steps) external payable;

    // ---------------------------------------------------------------- views

    /// @notice The stored facts of a task and its phase now. `gate` 0: open to anyone, so the result has no integrity claim.
    function taskOf(bytes32 taskId) external view returns (TaskState memory state, address gate, uint96 bond, Phase phase);

    /// @notice The slot of an identity in a task; number 0 if it has none, or none any more.
    function slotOf(bytes32 taskId, bytes32 identity) external view returns (Slot memory);

    /// @notice Whether a task is decided, its result and how many revealed it. Undecided: the hash is 0, and `matching` counts
    /// the first revealed answer.
    function resultOf(bytes32 taskId) external view returns (bool isDecided, bytes32 outputHash, uint8 matching);

    /// @notice The strikes of an identity in a scope: a gate, or a submitter for tasks without a gate. 3 refuse it for good.
    function strikesOf(address scope, bytes32 identity) external view returns (uint8);

    /// @notice The escrow's asset: an ERC-20, or 0 for the native currency.
    function asset() external view returns (address);
}
