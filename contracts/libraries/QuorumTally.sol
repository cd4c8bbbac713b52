// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PackedTask} from "./PackedTask.sol";

/// @title QuorumTally
/// @notice Counts reveals and says whether they amount to a decision.
library QuorumTally {
    /// @notice Whether some hash has a quorum of revealed votes. Once true, it stays true: votes are only added.
    function isDecided(PackedTask task) internal pure returns (bool) {
        uint256 votes = leadingVotes(task);
        return votes != 0 && votes >= task.quorum(); // a task that was never posted has a quorum of 0
    }

    /// @notice How many slots have revealed.
    function revealedCount(PackedTask task) internal pure returns (uint256) {
        return countOf(task.revealedMask());
    }

    /// @notice How many slots have revealed the leading hash.
    function leadingVotes(PackedTask task) internal pure returns (uint256) {
        return countOf(task.leadingMask());
    }

    /// @notice How many slots are in a mask: its bits (at most 24), counted in parallel, in pairs, nibbles and bytes.
    function countOf(uint256 mask) internal pure returns (uint256) {
        // Cannot wrap: each line replaces groups of bits by their sum, which fits into the group.
        unchecked {
            mask -= (mask >> 1) & 0x555555;
            mask = (mask & 0x333333) + ((mask >> 2) & 0x333333);
            mask = (mask + (mask >> 4)) & 0x0f0f0f;
            return (mask + (mask >> 8) + (mask >> 16)) & 0x1f;
        }
    }
}
