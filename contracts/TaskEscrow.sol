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
import {PackedSlot, PackedSlots} from "./libraries/PackedSlot.sol";
import {PackedTask, PackedTasks} from "./libraries/PackedTask.sol";
import {TaskPhase} from "./libraries/TaskPhase.sol";
import {TermsRules} from "./libraries/TermsRules.sol";

/// @title TaskEscrow
/// @notice The only contract with money. Read {ITaskEscrow} first: it says what every verb does, requires and assumes.
/// @dev Each verb has a public half, which moves the money and is guarded against re-entrance, and a private half, which
/// holds the rule and touches storage only. A batch takes the private halves one by one and moves the money once. Storage
/// is written before any call but the gate's, and that one is static.
contract TaskEscrow is ITaskEscrow, ReentrancyGuardTransient {
    using BountySplit for PackedTask;
    using Commitment for TaskKey;
    using QuorumTally for PackedTask;
    using TaskPhase for PackedTask;

    uint256 public constant MAX_SLOTS = TermsRules.MAX_SLOTS;
    uint256 public constant MAX_LOCATION_BYTES = 256;
    /// @notice Strikes at which a scope refuses an identity for good.
    uint8 public constant MAX_STRIKES = 3;
    /// @notice Gas for one question to a gate: a Merkle proof of 32 hashes takes a fifth of it, a token behind a proxy a third.
    uint256 public constant GATE_GAS = 100_000;

    Asset private immutable ASSET;

    mapping(bytes32 taskId => PackedTask) private _tasks;
    mapping(bytes32 taskId => Admission) private _admissions;
    mapping(bytes32 taskId => mapping(bytes32 identity => PackedSlot)) private _slots;
    /// @dev The first revealed hash, until another has the quorum; PackedTask.leadingMask says which slots revealed it.
    mapping(bytes32 taskId => bytes32) private _leadingHash;
    /// @dev Which slots revealed a hash that did not lead.
    mapping(bytes32 taskId => mapping(bytes32 outputHash => uint256 mask)) private _otherMasks;
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
        taskId = Commitment.taskIdOf(msg.sender, Commitment.termsHashOf(block.chainid, address(this), terms));
        require(_tasks[taskId].bounty() == 0, TaskAlreadyPosted(taskId));
        PackedTask posted = PackedTasks.posted(terms);
        _tasks[taskId] = posted;
        if (posted.hasAdmission()) _admissions[taskId] = Admission(terms.gate, terms.bond);
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
        PackedTask state = _taskIn(taskId, Phase.OPEN);
        (identity, bond) = _admit(runner, task.submitter, taskId, state, proof);
        require(!_slots[taskId][identity].exists(), SlotAlreadyTaken(identity));
        state = state.withSlotTaken();
        _tasks[taskId] = state;
        uint256 number = state.reserved();
        _slots[taskId][identity] = PackedSlots.reservedBy(runner, number);
        emit SlotReserved(taskId, identity, runner, uint8(number)); // at most 24
    }

    /// @dev Whether `runner` may take a slot, under which identity and for which bond.
    function _admit(
        address runner,
        address submitter,
        bytes32 taskId,
        PackedTask state,
        bytes calldata proof
    ) private view returns (bytes32 identity, uint256 bond) {
        require(state.reserved() < state.slots(), NoFreeSlot(state.reserved(), state.slots()));
        require(runner != submitter, RunnerIsSubmitter(runner));
        address gate;
        (gate, bond) = _admissionOf(taskId, state);
        identity =
            gate == address(0)
                ? bytes32(uint256(uint160(runner)))
                : GateCall.admit(gate, GATE_GAS, abi.encodeCall(IRunnerGate.admit, (taskId, runner, proof)));
        require(identity != 0, RunnerNotAdmitted(gate, runner));
        uint8 strikes = _strikes[_scopeOf(gate, submitter)][identity];
        require(strikes < MAX_STRIKES, TooManyStrikes(strikes, MAX_STRIKES));
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
        PackedTask state = _taskIn(taskId, Phase.OPEN);
        require(commitment != 0, CommitmentIsZero());
        PackedSlot slot = _slots[taskId][identity];
        uint256 number = slot.number();
        if (slot.exists()) {
            require(!slot.isSealed(), AlreadyCommitted(identity));
            require(slot.seal() == PackedSlots.sealOf(runner), WrongReserver(runner, address(bytes20(slot.seal()))));
        } else {
            bytes32 admitted;
            (admitted, bond) = _admit(runner, task.submitter, taskId, state, proof);
            require(identity == admitted, WrongIdentity(identity, admitted));
            state = state.withSlotTaken();
            number = state.reserved();
        }
        _tasks[taskId] = state.withCommitment(block.timestamp);
        _slots[taskId][identity] = PackedSlots.sealedWith(commitment, number);
        emit ResultCommitted(taskId, identity, uint8(number), commitment); // at most 24
    }

    // ---------------------------------------------------------------- reveal

    /// @inheritdoc ITaskEscrow
    /// @dev Not guarded: it calls nobody, and a batch calls it.
    function revealResult(bytes32 taskId, Opening calldata opening) external {
        PackedTask state = _taskIn(taskId, Phase.REVEALING);
        PackedSlot slot = _slotOpenedBy(taskId, opening, false);
        uint256 bit = slot.bit();
        require(state.revealedMask() & bit == 0, AlreadyRevealed(opening.identity));
        state = _countVote(taskId, state.withRevealed(bit), bit, opening.outputHash);
        _tasks[taskId] = state;
        emit ResultRevealed(taskId, opening.identity, opening.payee, opening.outputHash, opening.salt);
        // A vote adds one, so the votes of the leading hash equal the quorum after exactly one of its votes.
        bool isDecisive = state.leadingMask() & bit != 0 && state.leadingVotes() == state.quorum();
        if (isDecisive) emit TaskDecided(taskId, opening.outputHash);
    }

    /// @dev The first hash leads until another has a quorum: only a quorum matters, and only one hash can have it.
    function _countVote(bytes32 taskId, PackedTask state, uint256 bit, bytes32 outputHash) private returns (PackedTask) {
        uint256 leaders = state.leadingMask();
        if (leaders == 0) {
            _leadingHash[taskId] = outputHash;
        } else if (_leadingHash[taskId] != outputHash) {
            leaders = _otherMasks[taskId][outputHash];
            _otherMasks[taskId][outputHash] = leaders | bit;
            if (QuorumTally.countOf(leaders | bit) < state.quorum()) return state;
            _leadingHash[taskId] = outputHash;
        }
        return state.withLeading(leaders | bit);
    }

    // ---------------------------------------------------------------- claim

    /// @inheritdoc ITaskEscrow
    function claimPayout(TaskKey calldata task, Opening calldata opening) external nonReentrant {
        ASSET.pay(opening.payee, _claim(task, opening));
    }

    function _claim(TaskKey calldata task, Opening calldata opening) private returns (uint256) {
        bytes32 taskId = task.taskIdOf();
        (PackedTask state, Phase phase) = _closedTask(taskId);
        PackedSlot slot = _slotOpenedBy(taskId, opening, phase == Phase.DEAD && state.committed() == 0);
        _slots[taskId][opening.identity] = PackedSlots.NONE;
        (address gate, uint256 bond) = _admissionOf(taskId, state);
        bool hasRevealed = state.revealedMask() & slot.bit() != 0;
        bool isMatch = phase == Phase.ACCEPTED && state.leadingMask() & slot.bit() != 0;
        uint256 share = isMatch ? state.share() : 0;
        if (bond != 0) bond = hasRevealed || phase == Phase.DEAD ? state.bondPayout(phase, bond) : 0;
        emit PayoutClaimed(taskId, opening.identity, opening.payee, share, bond);
        if (isMatch) {
            _clearStrikes(_scopeOf(gate, task.submitter), opening.identity, taskId);
        } else if (phase == Phase.ACCEPTED || (phase == Phase.VOID && !hasRevealed)) {
            _recordStrike(_scopeOf(gate, task.submitter), opening.identity, taskId);
        }
        return share + bond;
    }

    // ---------------------------------------------------------------- reclaim

    /// @inheritdoc ITaskEscrow
    function reclaimBounty(TaskKey calldata task) external nonReentrant {
        bytes32 taskId = task.taskIdOf();
        (PackedTask state, Phase phase) = _closedTask(taskId);
        require(!state.isReclaimed(), AlreadyReclaimed(taskId));
        _tasks[taskId] = state.reclaimed();
        (, uint256 bond) = _admissionOf(taskId, state);
        uint256 amount = state.unearnedBounty(phase) + state.unearnedForfeits(phase, bond);
        emit BountyReclaimed(taskId, task.submitter, amount);
        ASSET.pay(task.submitter, amount);
    }

    // ---------------------------------------------------------------- report

    /// @inheritdoc ITaskEscrow
    function reportNoShow(TaskKey calldata task, bytes32 identity) external {
        bytes32 taskId = task.taskIdOf();
        (PackedTask state, Phase phase) = _closedTask(taskId);
        PackedSlot slot = _slots[taskId][identity];
        require(slot.exists(), NoSlot(identity));
        bool keptItsPromise = phase == Phase.DEAD ? slot.isSealed() || state.committed() == 0 : state.revealedMask() & slot.bit() != 0;
        require(!keptItsPromise, NotANoShow(identity));
        _slots[taskId][identity] = PackedSlots.NONE;
        (address gate, ) = _admissionOf(taskId, state);
        _recordStrike(_scopeOf(gate, task.submitter), identity, taskId);
    }

    // ---------------------------------------------------------------- batch

    /// @inheritdoc ITaskEscrow
    function performSteps(Steps calldata steps) external payable nonReentrant {
        _revealEach(steps);
        uint256 payout = _claimEach(steps);
        uint256 bonds = _commitEach(steps);
        bonds += _reserveEach(steps); // a statement of its own: the order of operands is the compiler's choice
        ASSET.collectAtLeast(bonds);
        ASSET.pay(steps.payee, payout);
    }

    // Each step is a call of this contract to itself, so that a refusal undoes that step alone.

    function _revealEach(Steps calldata steps) private {
        RevealStep[] calldata reveals = steps.reveals;
        for (uint256 i; i < reveals.length; ++i) {
            RevealStep calldata step = reveals[i];
            Opening memory opening = Opening(steps.identity, steps.payee, step.outputHash, step.salt);
            try this.revealResult(step.taskId, opening) {} catch (bytes memory reason) {
                _skip(step.taskId, reason);
            }
        }
    }

    function _claimEach(Steps calldata steps) private returns (uint256 payout) {
        ClaimStep[] calldata claims = steps.claims;
        for (uint256 i; i < claims.length; ++i) {
            ClaimStep calldata step = claims[i];
            Opening memory opening = Opening(steps.identity, steps.payee, step.outputHash, step.salt);
            try this.claimStep(step.task, opening) returns (uint256 amount) {
                payout += amount;
            } catch (bytes memory reason) {
                _skip(step.task.taskIdOf(), reason);
            }
        }
    }

    function _commitEach(Steps calldata steps) private returns (uint256 bonds) {
        CommitStep[] calldata commits = steps.commits;
        for (uint256 i; i < commits.length; ++i) {
            CommitStep calldata step = commits[i];
            try this.commitStep(msg.sender, step.task, steps.identity, step.commitment, step.proof) returns (uint256 bond) {
                bonds += bond;
            } catch (bytes memory reason) {
                _skip(step.task.taskIdOf(), reason);
            }
        }
    }

    function _reserveEach(Steps calldata steps) private returns (uint256 bonds) {
        ReserveStep[] calldata reservations = steps.reservations;
        for (uint256 i; i < reservations.length; ++i) {
            ReserveStep calldata step = reservations[i];
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
        PackedTask task = _tasks[taskId];
        Admission storage admission = _admissions[taskId];
        return (task.unpacked(), admission.gate, admission.bond, task.phaseAt(block.timestamp));
    }

    /// @inheritdoc ITaskEscrow
    function slotOf(bytes32 taskId, bytes32 identity) external view returns (Slot memory) {
        return _slots[taskId][identity].unpacked();
    }

    /// @inheritdoc ITaskEscrow
    function resultOf(bytes32 taskId) external view returns (bool isDecided, bytes32 outputHash, uint8 matching) {
        PackedTask task = _tasks[taskId];
        isDecided = task.isDecided();
        return (isDecided, isDecided ? _leadingHash[taskId] : bytes32(0), task.unpacked().leadingVotes);
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

    function _taskIn(bytes32 taskId, Phase required) private view returns (PackedTask state) {
        state = _tasks[taskId];
        Phase phase = state.phaseAt(block.timestamp);
        require(phase == required, WrongPhase(phase, required));
    }

    function _closedTask(bytes32 taskId) private view returns (PackedTask state, Phase phase) {
        state = _tasks[taskId];
        phase = state.phaseAt(block.timestamp);
        require(TaskPhase.isClosed(phase), TaskNotClosed(phase));
    }

    /// @dev A bare reservation is opened by the address that made it, where it can be opened at all.
    function _slotOpenedBy(bytes32 taskId, Opening calldata opening, bool orReserved) private view returns (PackedSlot slot) {
        slot = _slots[taskId][opening.identity];
        require(slot.exists(), NoSlot(opening.identity));
        require(slot.isSealed() || orReserved, NotCommitted(opening.identity));
        bytes31 seal =
            slot.isSealed() ? Commitment.commitmentOf(block.chainid, address(this), taskId, opening) : PackedSlots.sealOf(opening.payee);
        require(seal == slot.seal(), WrongOpening(seal, slot.seal()));
    }

    function _admissionOf(bytes32 taskId, PackedTask state) private view returns (address gate, uint256 bond) {
        if (state.hasAdmission()) {
            Admission storage admission = _admissions[taskId];
            (gate, bond) = (admission.gate, admission.bond);
        }
    }

    /// @dev Strikes counted over all scopes would let an attacker ban honest runners with tasks that it fills itself.
    function _scopeOf(address gate, address submitter) private pure returns (address) {
        return gate == address(0) ? submitter : gate;
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
