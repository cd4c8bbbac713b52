// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IRunnerGate} from "./interfaces/IRunnerGate.sol";
import {ITaskEscrow} from "./interfaces/ITaskEscrow.sol";
import {
    Admission,
    ClaimStep,
    CommitStep,
    HAS_ADMISSION,
    IS_RECLAIMED,
    Opening,
    Phase,
    ReserveStep,
    RevealStep,
    Slot,
    Steps,
    TaskKey,
    TaskState,
    TaskTerms
} from "./interfaces/TaskTypes.sol";
import {Asset} from "./libraries/Asset.sol";
import {BountySplit} from "./libraries/BountySplit.sol";
import {Commitment} from "./libraries/Commitment.sol";
import {GateCall} from "./libraries/GateCall.sol";
import {QuorumTally} from "./libraries/QuorumTally.sol";
import {SlotSeal} from "./libraries/SlotSeal.sol";
import {TaskPhase} from "./libraries/TaskPhase.sol";
import {TermsRules} from "./libraries/TermsRules.sol";

/// @title TaskEscrow
/// @notice The only contract with money. Read {ITaskEscrow} first: it says what every verb does, requires and assumes.
/// @dev Each verb has a public half, which moves the money and is guarded against re-entrance, and a private half, which
/// holds the rule and touches storage only. A batch takes the private halves one by one and moves the money once. Storage
/// is written before any call but the gate's, and that one is static.
contract TaskEscrow is ITaskEscrow, ReentrancyGuardTransient {
    using BountySplit for TaskState;
    using Commitment for TaskKey;
    using QuorumTally for TaskState;
    using SlotSeal for Slot;
    using TaskPhase for TaskState;
    using TaskPhase for Phase;

    uint256 public constant MAX_SLOTS = TermsRules.MAX_SLOTS;
    uint256 public constant MAX_LOCATION_BYTES = 256;
    /// @notice Strikes at which a scope refuses an identity for good.
    uint8 public constant MAX_STRIKES = 3;
    /// @notice Gas for one question to a gate: a Merkle proof of 32 hashes takes a fifth of it, a token behind a proxy a third.
    uint256 public constant GATE_GAS = 100_000;

    Asset private immutable ASSET;

    mapping(bytes32 taskId => TaskState) private _tasks;
    mapping(bytes32 taskId => Admission) private _admissions;
    mapping(bytes32 taskId => mapping(bytes32 identity => Slot)) private _slots;
    /// @dev The first revealed hash, or the one that reached the quorum instead; its votes are TaskState.leadingVotes.
    mapping(bytes32 taskId => bytes32) private _leadingHash;
    mapping(bytes32 taskId => mapping(bytes32 outputHash => uint256)) private _otherVotes;
    mapping(address scope => mapping(bytes32 identity => uint8)) private _strikes;

    modifier onlyBatch() {
        require(msg.sender == address(this), CallerIsNotEscrow(msg.sender));
        _;
    }

    constructor(Asset asset_) {
        ASSET = asset_;
    }

    // ---------------------------------------------------------------- post

    /// @inheritdoc ITaskEscrow
    function postTask(TaskTerms calldata terms, string calldata location) external payable nonReentrant returns (bytes32 taskId) {
        taskId = _post(terms, location);
        ASSET.collectExactly(terms.bounty);
    }

    /// @inheritdoc ITaskEscrow
    function postTaskWithPermit(
        TaskTerms calldata terms,
        string calldata location,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant returns (bytes32 taskId) {
        require(!ASSET.isNative(), AssetHasNoPermit());
        taskId = _post(terms, location);
        // Whoever saw the permit can have sent it first. Then the allowance is there, and the failure means nothing.
        try IERC20Permit(asset()).permit(msg.sender, address(this), terms.bounty, deadline, v, r, s) {} catch {}
        ASSET.collectExactly(terms.bounty);
    }

    function _post(TaskTerms calldata terms, string calldata location) private returns (bytes32 taskId) {
        TermsRules.check(terms, block.timestamp);
        uint256 locationBytes = bytes(location).length;
        require(locationBytes <= MAX_LOCATION_BYTES, LocationTooLong(locationBytes, MAX_LOCATION_BYTES));
        taskId = TaskKey(msg.sender, Commitment.termsHashOf(block.chainid, address(this), terms)).taskIdOf();
        require(_tasks[taskId].bounty == 0, TaskAlreadyPosted(taskId));
        bool hasAdmission = terms.gate != address(0) || terms.bond != 0;
        TaskState memory state;
        state.bounty = terms.bounty;
        state.closesAt = terms.commitDeadline;
        state.revealDelay = terms.revealDelay;
        state.revealWindow = terms.revealWindow;
        state.slots = terms.slots;
        state.quorum = terms.quorum;
        state.flags = hasAdmission ? HAS_ADMISSION : 0;
        _tasks[taskId] = state;
        if (hasAdmission) _admissions[taskId] = Admission(terms.gate, terms.bond);
        emit TaskPosted(taskId, msg.sender, terms.jobHash, terms, location);
    }

    // ---------------------------------------------------------------- reserve

    /// @inheritdoc ITaskEscrow
    function reserveSlot(TaskKey calldata task, bytes calldata proof) external payable nonReentrant returns (bytes32 identity) {
        uint256 bond;
        (identity, bond) = _reserve(msg.sender, task, proof);
        ASSET.collectExactly(bond);
    }

    function _reserve(address runner, TaskKey calldata task, bytes calldata proof) private returns (bytes32 identity, uint256 bond) {
        bytes32 taskId = task.taskIdOf();
        TaskState memory state = _taskIn(taskId, Phase.OPEN);
        (identity, bond) = _admit(runner, task.submitter, taskId, state, proof);
        require(!_slots[taskId][identity].exists(), SlotAlreadyTaken(identity));
        uint8 number = ++state.reserved;
        _tasks[taskId] = state;
        _slots[taskId][identity] = SlotSeal.reservedBy(number, runner);
        emit SlotReserved(taskId, identity, runner, number);
    }

    /// @dev Whether `runner` may take a slot, under which identity and for which bond.
    function _admit(
        address runner,
        address submitter,
        bytes32 taskId,
        TaskState memory state,
        bytes calldata proof
    ) private view returns (bytes32 identity, uint256 bond) {
        require(state.reserved < state.slots, NoFreeSlot(state.reserved, state.slots));
        require(runner != submitter, RunnerIsSubmitter(runner));
        Admission memory admission = _admissionOf(taskId, state);
        identity =
            admission.gate == address(0)
                ? bytes32(uint256(uint160(runner)))
                : GateCall.admit(admission.gate, GATE_GAS, abi.encodeCall(IRunnerGate.admit, (taskId, runner, proof)));
        require(identity != 0, RunnerNotAdmitted(admission.gate, runner));
        uint8 strikes = _strikes[_scopeOf(admission, submitter)][identity];
        require(strikes < MAX_STRIKES, TooManyStrikes(strikes, MAX_STRIKES));
        bond = admission.bond;
    }

    // ---------------------------------------------------------------- commit

    /// @inheritdoc ITaskEscrow
    function commitResult(TaskKey calldata task, bytes32 identity, bytes31 commitment, bytes calldata proof) external payable nonReentrant {
        ASSET.collectExactly(_commit(msg.sender, task, identity, commitment, proof));
    }

    function _commit(
        address runner,
        TaskKey calldata task,
        bytes32 identity,
        bytes31 commitment,
        bytes calldata proof
    ) private returns (uint256 bond) {
        bytes32 taskId = task.taskIdOf();
        TaskState memory state = _taskIn(taskId, Phase.OPEN);
        require(commitment != 0, CommitmentIsZero());
        Slot memory slot = _slots[taskId][identity];
        if (slot.exists()) {
            require(!slot.isSealed(), AlreadyCommitted(identity));
            require(slot.reserverOf() == runner, WrongReserver(runner, slot.reserverOf()));
        } else {
            bytes32 admitted;
            (admitted, bond) = _admit(runner, task.submitter, taskId, state, proof);
            require(identity == admitted, WrongIdentity(identity, admitted));
            slot.number = ++state.reserved;
        }
        // The time fits 40 bits for 34,000 years.
        if (++state.committed == state.slots) state.closesAt = uint40(block.timestamp);
        _tasks[taskId] = state;
        _slots[taskId][identity] = SlotSeal.sealedWith(slot.number, commitment);
        emit ResultCommitted(taskId, identity, slot.number, commitment);
    }

    // ---------------------------------------------------------------- reveal

    /// @inheritdoc ITaskEscrow
    /// @dev Not guarded: it calls nobody, and a batch calls it.
    function revealResult(bytes32 taskId, Opening calldata opening) external {
        TaskState memory state = _taskIn(taskId, Phase.REVEALING);
        Slot memory slot = _slotOpenedBy(taskId, opening, false);
        require(!state.hasRevealed(slot.numberOf()), AlreadyRevealed(opening.identity));
        state.markRevealed(slot.numberOf());
        bool isDecidedBefore = state.isDecided();
        _countVote(taskId, state, opening.outputHash);
        _tasks[taskId] = state;
        emit ResultRevealed(taskId, opening.identity, opening.payee, opening.outputHash, opening.salt);
        if (!isDecidedBefore && state.isDecided()) emit TaskDecided(taskId, opening.outputHash);
    }

    /// @dev The first hash leads until another has a quorum: only a quorum matters, and a majority has it at most once.
    function _countVote(bytes32 taskId, TaskState memory state, bytes32 outputHash) private {
        if (state.leadingVotes == 0) {
            _leadingHash[taskId] = outputHash;
            state.leadingVotes = 1;
        } else if (_leadingHash[taskId] == outputHash) {
            ++state.leadingVotes;
        } else {
            uint256 votes = ++_otherVotes[taskId][outputHash];
            if (votes < state.quorum) return;
            _leadingHash[taskId] = outputHash;
            state.leadingVotes = state.quorum;
        }
    }

    // ---------------------------------------------------------------- claim

    /// @inheritdoc ITaskEscrow
    function claimPayout(TaskKey calldata task, Opening calldata opening) external nonReentrant {
        ASSET.pay(opening.payee, _claim(task, opening));
    }

    function _claim(TaskKey calldata task, Opening calldata opening) private returns (uint256) {
        bytes32 taskId = task.taskIdOf();
        (TaskState memory state, Phase phase) = _closedTask(taskId);
        Slot memory slot = _slotOpenedBy(taskId, opening, phase == Phase.DEAD && state.committed == 0);
        delete _slots[taskId][opening.identity];
        Admission memory admission = _admissionOf(taskId, state);
        bool hasRevealed = state.hasRevealed(slot.numberOf());
        bool isMatch = phase == Phase.ACCEPTED && hasRevealed && opening.outputHash == _leadingHash[taskId];
        uint256 share = isMatch ? state.share(phase) : 0;
        bool earnsBond = admission.bond != 0 && (hasRevealed || phase == Phase.DEAD);
        uint256 bond = earnsBond ? state.bondPayout(phase, admission.bond) : 0;
        emit PayoutClaimed(taskId, opening.identity, opening.payee, share, bond);
        if (isMatch) {
            _clearStrikes(_scopeOf(admission, task.submitter), opening.identity, taskId);
        } else if (phase == Phase.ACCEPTED || (phase == Phase.VOID && !hasRevealed)) {
            _recordStrike(_scopeOf(admission, task.submitter), opening.identity, taskId);
        }
        return share + bond;
    }

    // ---------------------------------------------------------------- reclaim

    /// @inheritdoc ITaskEscrow
    function reclaimBounty(TaskKey calldata task) external nonReentrant {
        bytes32 taskId = task.taskIdOf();
        (TaskState memory state, Phase phase) = _closedTask(taskId);
        require(state.flags & IS_RECLAIMED == 0, AlreadyReclaimed(taskId));
        state.flags |= IS_RECLAIMED;
        _tasks[taskId] = state;
        uint256 bond = _admissionOf(taskId, state).bond;
        uint256 amount = state.unearnedBounty(phase) + state.unearnedForfeits(phase, bond);
        emit BountyReclaimed(taskId, task.submitter, amount);
        ASSET.pay(task.submitter, amount);
    }

    // ---------------------------------------------------------------- report

    /// @inheritdoc ITaskEscrow
    function reportNoShow(TaskKey calldata task, bytes32 identity) external {
        bytes32 taskId = task.taskIdOf();
        (TaskState memory state, Phase phase) = _closedTask(taskId);
        Slot memory slot = _slots[taskId][identity];
        require(slot.exists(), NoSlot(identity));
        bool keptItsPromise = phase == Phase.DEAD ? slot.isSealed() || state.committed == 0 : state.hasRevealed(slot.numberOf());
        require(!keptItsPromise, NotANoShow(identity));
        delete _slots[taskId][identity];
        _recordStrike(_scopeOf(_admissionOf(taskId, state), task.submitter), identity, taskId);
    }

    // ---------------------------------------------------------------- batch

    /// @inheritdoc ITaskEscrow
    function performSteps(Steps calldata steps) external payable nonReentrant {
        _revealEach(steps);
        uint256 payout = _claimEach(steps);
        uint256 bonds = _commitEach(steps) + _reserveEach(steps);
        ASSET.collectAtLeast(bonds);
        ASSET.pay(steps.payee, payout);
    }

    // Each step is a call of this contract to itself, so that a refusal undoes that step alone.

    function _revealEach(Steps calldata steps) private {
        for (uint256 i; i < steps.reveals.length; ++i) {
            RevealStep calldata step = steps.reveals[i];
            Opening memory opening = Opening(steps.identity, steps.payee, step.outputHash, step.salt);
            try this.revealResult(step.taskId, opening) {} catch (bytes memory reason) {
                _skip(step.taskId, reason);
            }
        }
    }

    function _claimEach(Steps calldata steps) private returns (uint256 payout) {
        for (uint256 i; i < steps.claims.length; ++i) {
            ClaimStep calldata step = steps.claims[i];
            Opening memory opening = Opening(steps.identity, steps.payee, step.outputHash, step.salt);
            try this.claimStep(step.task, opening) returns (uint256 amount) {
                payout += amount;
            } catch (bytes memory reason) {
                _skip(step.task.taskIdOf(), reason);
            }
        }
    }

    function _commitEach(Steps calldata steps) private returns (uint256 bonds) {
        for (uint256 i; i < steps.commits.length; ++i) {
            CommitStep calldata step = steps.commits[i];
            try this.commitStep(msg.sender, step.task, steps.identity, step.commitment, step.proof) returns (uint256 bond) {
                bonds += bond;
            } catch (bytes memory reason) {
                _skip(step.task.taskIdOf(), reason);
            }
        }
    }

    function _reserveEach(Steps calldata steps) private returns (uint256 bonds) {
        for (uint256 i; i < steps.reservations.length; ++i) {
            ReserveStep calldata step = steps.reservations[i];
            try this.reserveStep(msg.sender, step.task, step.proof) returns (uint256 bond) {
                bonds += bond;
            } catch (bytes memory reason) {
                _skip(step.task.taskIdOf(), reason);
            }
        }
    }

    /// @dev Every refusal says why. A failure that says nothing ran out of gas, and must not pass for a refusal: an estimate
    /// of the batch's gas would otherwise settle on an amount that skips it.
    function _skip(bytes32 taskId, bytes memory reason) private {
        require(reason.length != 0, StepOutOfGas(taskId));
        emit StepSkipped(taskId, reason);
    }

    /// @notice One claim of a batch; only the escrow itself may call it.
    function claimStep(TaskKey calldata task, Opening calldata opening) external onlyBatch returns (uint256 payout) {
        return _claim(task, opening);
    }

    /// @notice One commitment of a batch; only the escrow itself may call it.
    function commitStep(
        address runner,
        TaskKey calldata task,
        bytes32 identity,
        bytes31 commitment,
        bytes calldata proof
    ) external onlyBatch returns (uint256 bond) {
        return _commit(runner, task, identity, commitment, proof);
    }

    /// @notice One reservation of a batch; only the escrow itself may call it.
    function reserveStep(address runner, TaskKey calldata task, bytes calldata proof) external onlyBatch returns (uint256 bond) {
        (, bond) = _reserve(runner, task, proof);
    }

    // ---------------------------------------------------------------- views

    /// @inheritdoc ITaskEscrow
    function taskOf(bytes32 taskId) external view returns (TaskState memory state, address gate, uint96 bond, Phase phase) {
        state = _tasks[taskId];
        Admission memory admission = _admissionOf(taskId, state);
        return (state, admission.gate, admission.bond, state.phaseAt(block.timestamp));
    }

    /// @inheritdoc ITaskEscrow
    function slotOf(bytes32 taskId, bytes32 identity) external view returns (Slot memory) {
        return _slots[taskId][identity];
    }

    /// @inheritdoc ITaskEscrow
    function resultOf(bytes32 taskId) external view returns (bool isDecided, bytes32 outputHash, uint8 matching) {
        TaskState memory state = _tasks[taskId];
        isDecided = state.isDecided();
        return (isDecided, isDecided ? _leadingHash[taskId] : bytes32(0), state.leadingVotes);
    }

    /// @inheritdoc ITaskEscrow
    function strikesOf(address scope, bytes32 identity) external view returns (uint8) {
        return _strikes[scope][identity];
    }

    /// @inheritdoc ITaskEscrow
    function asset() public view returns (address) {
        return Asset.unwrap(ASSET);
    }

    // ---------------------------------------------------------------- what the verbs share

    function _taskIn(bytes32 taskId, Phase required) private view returns (TaskState memory state) {
        state = _tasks[taskId];
        Phase phase = state.phaseAt(block.timestamp);
        require(phase == required, WrongPhase(phase, required));
    }

    function _closedTask(bytes32 taskId) private view returns (TaskState memory state, Phase phase) {
        state = _tasks[taskId];
        phase = state.phaseAt(block.timestamp);
        require(phase.isClosed(), TaskNotClosed(phase));
    }

    /// @dev A bare reservation is opened by the address that made it, where it can be opened at all.
    function _slotOpenedBy(bytes32 taskId, Opening calldata opening, bool orReserved) private view returns (Slot memory slot) {
        slot = _slots[taskId][opening.identity];
        require(slot.exists(), NoSlot(opening.identity));
        require(slot.isSealed() || orReserved, NotCommitted(opening.identity));
        bytes31 seal =
            slot.isSealed()
                ? Commitment.commitmentOf(block.chainid, address(this), taskId, opening)
                : SlotSeal.reservedBy(0, opening.payee).seal;
        require(slot.seal == seal, WrongOpening(seal, slot.seal));
    }

    function _admissionOf(bytes32 taskId, TaskState memory state) private view returns (Admission memory admission) {
        if (state.flags & HAS_ADMISSION != 0) admission = _admissions[taskId];
    }

    /// @dev A count for all scopes would let an attacker strike out honest runners with tasks that it fills itself.
    function _scopeOf(Admission memory admission, address submitter) private pure returns (address) {
        return admission.gate == address(0) ? submitter : admission.gate;
    }

    /// @dev The count stops at the maximum: it can neither overflow nor be worked off again.
    function _recordStrike(address scope, bytes32 identity, bytes32 taskId) private {
        uint8 strikes = _strikes[scope][identity];
        if (strikes < MAX_STRIKES) _strikes[scope][identity] = ++strikes;
        emit StrikeRecorded(scope, identity, taskId, strikes);
    }

    function _clearStrikes(address scope, bytes32 identity, bytes32 taskId) private {
        uint8 strikes = _strikes[scope][identity];
        if (strikes == 0 || strikes == MAX_STRIKES) return;
        _strikes[scope][identity] = 0;
        emit StrikesCleared(scope, identity, taskId);
    }
}
