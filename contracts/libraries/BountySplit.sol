// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Phase, TaskState} from "../interfaces/TaskTypes.sol";
import {QuorumTally} from "./QuorumTally.sol";

/// @title BountySplit
/// @notice Divides the bounty and the forfeited bonds of a closed task. What does not divide evenly is the submitter's.
library BountySplit {
    using QuorumTally for TaskState;

    /// @notice What each matching runner earns of the bounty, rounded down; 0 unless accepted.
    function share(TaskState memory state, Phase phase) internal pure returns (uint256) {
        return phase == Phase.ACCEPTED ? uint256(state.bounty) / state.leadingVotes : 0;
    }

    /// @notice What is left of the bounty for the submitter.
    function unearnedBounty(TaskState memory state, Phase phase) internal pure returns (uint256) {
        return phase == Phase.ACCEPTED ? uint256(state.bounty) % state.leadingVotes : uint256(state.bounty);
    }

    /// @notice How many slots get their bond back: the revealers; in a DEAD task, where nobody could reveal, those who
    /// committed, or everybody if nobody did (the task was probably impossible).
    function bondEarners(TaskState memory state, Phase phase) internal pure returns (uint256) {
        if (phase != Phase.DEAD) return state.revealedCount();
        return state.committed == 0 ? state.reserved : state.committed;
    }

    /// @notice What a slot that keeps its bond gets back: the bond and its part of the forfeited ones, rounded down.
    function bondPayout(TaskState memory state, Phase phase, uint256 bond) internal pure returns (uint256) {
        uint256 earners = bondEarners(state, phase);
        return bond + ((state.reserved - earners) * bond) / earners;
    }

    /// @notice What is left of the forfeited bonds for the submitter: the remainder, or all of them where nobody earned any.
    function unearnedForfeits(TaskState memory state, Phase phase, uint256 bond) internal pure returns (uint256) {
        uint256 earners = bondEarners(state, phase);
        uint256 forfeits = (state.reserved - earners) * bond;
        return earners == 0 ? forfeits : forfeits % earners;
    }
}
