// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TaskState} from "../interfaces/TaskTypes.sol";

/// @title QuorumTally
/// @notice Counts reveals and says whether they amount to a decision.
library QuorumTally {
    /// @notice Whether some hash has a quorum of revealed votes. Once true, it stays true: votes are only added.
    function isDecided(TaskState memory state) internal pure returns (bool) {
        return state.leadingVotes != 0 && state.leadingVotes >= state.quorum;
    }

    /// @notice Whether the slot with this 1-based number has revealed.
    function hasRevealed(TaskState memory state, uint256 number) internal pure returns (bool) {
        return (uint256(state.revealedMask) >> (number - 1)) & 1 == 1;
    }

    /// @notice Marks the slot with this 1-based number (1..24) as revealed.
    function markRevealed(TaskState memory state, uint256 number) internal pure {
        // Narrowing is safe: a number is at most 24, so the bit stands within the 24 of the mask.
        state.revealedMask = uint24(state.revealedMask | (1 << (number - 1)));
    }

    /// @notice How many slots have revealed: the bits set in a 24-bit mask, counted in parallel (in pairs, nibbles, bytes).
    function revealedCount(TaskState memory state) internal pure returns (uint256 count) {
        count = state.revealedMask;
        // Cannot wrap: each line replaces groups of bits by their sum, which fits into the group.
        unchecked {
            count -= (count >> 1) & 0x555555;
            count = (count & 0x333333) + ((count >> 2) & 0x333333);
            count = (count + (count >> 4)) & 0x0f0f0f;
            count = (count + (count >> 8) + (count >> 16)) & 0x1f;
        }
    }
}
