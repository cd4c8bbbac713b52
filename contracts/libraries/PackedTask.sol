// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HAS_ADMISSION, IS_RECLAIMED, TaskState, TaskTerms} from "../interfaces/TaskTypes.sol";
import {QuorumTally} from "./QuorumTally.sol";

/// @notice The stored facts of a task in one storage word. 0: never posted.
type PackedTask is uint256;

using PackedTasks for PackedTask global;

/// @title PackedTasks
/// @notice Reads and makes the one word of a task. From the low end: bounty 96 bits, closesAt 40, revealDelay 24, revealWindow 24,
/// slots 5, quorum 5, reserved 5, committed 5, revealedMask 24, leadingMask 24, flags 4.
/// @dev Nothing here can carry from one field into the next: the counts stay at most 24, of the 31 that 5 bits hold.
library PackedTasks {
    uint256 private constant CLOSES_AT = 96;
    uint256 private constant REVEAL_DELAY = 136;
    uint256 private constant REVEAL_WINDOW = 160;
    uint256 private constant SLOTS = 184;
    uint256 private constant QUORUM = 189;
    uint256 private constant RESERVED = 194;
    uint256 private constant COMMITTED = 199;
    uint256 private constant REVEALED_MASK = 204;
    uint256 private constant LEADING_MASK = 228;
    uint256 private constant FLAGS = 252;
    uint256 private constant COUNT = 0x1f;
    uint256 private constant MASK = type(uint24).max;

    /// @notice A task as it is posted. Assumes that the terms were checked.
    function posted(TaskTerms calldata terms) internal pure returns (PackedTask) {
        uint256 word = terms.bounty;
        word |= uint256(terms.commitDeadline) << CLOSES_AT;
        word |= uint256(terms.revealDelay) << REVEAL_DELAY;
        word |= uint256(terms.revealWindow) << REVEAL_WINDOW;
        word |= uint256(terms.slots) << SLOTS;
        word |= uint256(terms.quorum) << QUORUM;
        if (terms.gate != address(0) || terms.bond != 0) word |= uint256(HAS_ADMISSION) << FLAGS;
        return PackedTask.wrap(word);
    }

    /// @notice Never 0 once posted.
    function bounty(PackedTask task) internal pure returns (uint256) {
        return PackedTask.unwrap(task) & type(uint96).max;
    }

    /// @notice The commit deadline, or the moment when the last slot committed (unix seconds).
    function closesAt(PackedTask task) internal pure returns (uint256) {
        return (PackedTask.unwrap(task) >> CLOSES_AT) & type(uint40).max;
    }

    function revealDelay(PackedTask task) internal pure returns (uint256) {
        return (PackedTask.unwrap(task) >> REVEAL_DELAY) & type(uint24).max;
    }

    function revealWindow(PackedTask task) internal pure returns (uint256) {
        return (PackedTask.unwrap(task) >> REVEAL_WINDOW) & type(uint24).max;
    }

    function slots(PackedTask task) internal pure returns (uint256) {
        return (PackedTask.unwrap(task) >> SLOTS) & COUNT;
    }

    function quorum(PackedTask task) internal pure returns (uint256) {
        return (PackedTask.unwrap(task) >> QUORUM) & COUNT;
    }

    /// @notice How many slots are taken.
    function reserved(PackedTask task) internal pure returns (uint256) {
        return (PackedTask.unwrap(task) >> RESERVED) & COUNT;
    }

    /// @notice How many slots hold a commitment.
    function committed(PackedTask task) internal pure returns (uint256) {
        return (PackedTask.unwrap(task) >> COMMITTED) & COUNT;
    }

    /// @notice Bit i: the slot with number i + 1 has revealed.
    function revealedMask(PackedTask task) internal pure returns (uint256) {
        return (PackedTask.unwrap(task) >> REVEALED_MASK) & MASK;
    }

    /// @notice Bit i: the slot with number i + 1 has revealed the leading hash.
    function leadingMask(PackedTask task) internal pure returns (uint256) {
        return (PackedTask.unwrap(task) >> LEADING_MASK) & MASK;
    }

    /// @notice HAS_ADMISSION and IS_RECLAIMED, as in TaskState.flags.
    function flags(PackedTask task) internal pure returns (uint8) {
        return uint8(PackedTask.unwrap(task) >> FLAGS); // the topmost bits: nothing is cut off
    }

    /// @notice Whether the task has a gate or a bond, kept in a word of its own.
    function hasAdmission(PackedTask task) internal pure returns (bool) {
        return PackedTask.unwrap(task) & (uint256(HAS_ADMISSION) << FLAGS) != 0;
    }

    /// @notice Whether the submitter has taken back what nobody earned.
    function isReclaimed(PackedTask task) internal pure returns (bool) {
        return PackedTask.unwrap(task) & (uint256(IS_RECLAIMED) << FLAGS) != 0;
    }

    /// @notice One more slot taken.
    function withSlotTaken(PackedTask task) internal pure returns (PackedTask) {
        unchecked {
            return PackedTask.wrap(PackedTask.unwrap(task) + (1 << RESERVED));
        }
    }

    /// @notice One more commitment; the last one closes the task at `time`, which fits 40 bits for 34,000 years.
    function withCommitment(PackedTask task, uint256 time) internal pure returns (PackedTask) {
        unchecked {
            uint256 word = PackedTask.unwrap(task) + (1 << COMMITTED);
            if (committed(PackedTask.wrap(word)) == slots(task)) {
                word = (word & ~(uint256(type(uint40).max) << CLOSES_AT)) | (time << CLOSES_AT);
            }
            return PackedTask.wrap(word);
        }
    }

    /// @notice The reveals of the slots in `mask`, added.
    function withRevealed(PackedTask task, uint256 mask) internal pure returns (PackedTask) {
        return PackedTask.wrap(PackedTask.unwrap(task) | (mask << REVEALED_MASK));
    }

    /// @notice `mask` as the slots that revealed the leading hash.
    function withLeading(PackedTask task, uint256 mask) internal pure returns (PackedTask) {
        return PackedTask.wrap((PackedTask.unwrap(task) & ~(MASK << LEADING_MASK)) | (mask << LEADING_MASK));
    }

    /// @notice The task after its submitter took back what nobody earned.
    function reclaimed(PackedTask task) internal pure returns (PackedTask) {
        return PackedTask.wrap(PackedTask.unwrap(task) | (uint256(IS_RECLAIMED) << FLAGS));
    }

    /// @notice The facts as callers see them.
    function unpacked(PackedTask task) internal pure returns (TaskState memory state) {
        // Narrowing is safe throughout: each field is masked to no more bits than its type has.
        state.bounty = uint96(bounty(task));
        state.closesAt = uint40(closesAt(task));
        state.revealDelay = uint24(revealDelay(task));
        state.revealWindow = uint24(revealWindow(task));
        state.slots = uint8(slots(task));
        state.quorum = uint8(quorum(task));
        state.reserved = uint8(reserved(task));
        state.committed = uint8(committed(task));
        state.leadingVotes = uint8(QuorumTally.leadingVotes(task));
        state.flags = flags(task);
        state.revealedMask = uint24(revealedMask(task));
    }
}
