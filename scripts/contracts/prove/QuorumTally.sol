// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PackedTask} from "./PackedTask.sol";

/// @notice Stands in for contracts/libraries/QuorumTally.sol: the counts themselves instead of the bits to count.
library QuorumTally {
    function isDecided(PackedTask memory task) internal pure returns (bool) {
        return task.leading() != 0 && task.leading() >= task.quorum();
    }

    function revealedCount(PackedTask memory task) internal pure returns (uint256) {
        return task.revealed();
    }

    function leadingVotes(PackedTask memory task) internal pure returns (uint256) {
        return task.leading();
    }
}
