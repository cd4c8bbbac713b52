// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Phase} from "../interfaces/TaskTypes.sol";
import {PackedTask} from "./PackedTask.sol";
import {QuorumTally} from "./QuorumTally.sol";

/// @title BountySplit
/// @notice Divides the bounty and the forfeited bonds of a closed task. What does not divide evenly is the submitter's.
library BountySplit {
    using QuorumTally for PackedTask;

    /// @notice What each matching runner earns of the bounty of an accepted task, rounded down.
    function share(PackedTask task) internal pure returns (uint256) {
        return task.bounty() / task.leadingVotes();
    }

    /// @notice What is left of the bounty for the submitter.
    function unearnedBounty(PackedTask task, Phase phase) internal pure returns (uint256) {
        return phase == Phase.ACCEPTED ? task.bounty() % task.leadingVotes() : task.bounty();
    }

    /// @notice What a slot that keeps its bond gets back: the bond and its part of the forfeited ones, rounded down.
    function bondPayout(PackedTask task, Phase phase, uint256 bond) internal pure returns (uint256) {
        uint256 keepers = _bondKeepers(task, phase);
        return bond + ((task.reserved() - keepers) * bond) / keepers;
    }

    /// @notice What is left of the forfeited bonds for the submitter: the remainder, or all of them where nobody earned any.
    function unearnedForfeits(PackedTask task, Phase phase, uint256 bond) internal pure returns (uint256) {
        uint256 keepers = _bondKeepers(task, phase);
        uint256 forfeits = (task.reserved() - keepers) * bond;
        return keepers == 0 ? forfeits : forfeits % keepers;
    }

    /// @dev How many slots keep their bond: the revealers; in a DEAD task, where nobody could reveal, those who committed, or
    /// everybody if nobody did (the task was probably impossible).
    function _bondKeepers(PackedTask task, Phase phase) private pure returns (uint256) {
        if (phase != Phase.DEAD) return task.revealedCount();
        return task.committed() == 0 ? task.reserved() : task.committed();
    }
}
