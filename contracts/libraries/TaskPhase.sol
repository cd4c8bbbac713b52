// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Phase, TaskState} from "../interfaces/TaskTypes.sol";
import {QuorumTally} from "./QuorumTally.sol";

/// @title TaskPhase
/// @notice Derives the phase of a task from its stored facts and the time. Nothing here is ever stored.
library TaskPhase {
    using QuorumTally for TaskState;

    /// @notice The phase of a task at `time` (unix seconds).
    function phaseAt(TaskState memory state, uint256 time) internal pure returns (Phase) {
        if (state.bounty == 0) return Phase.NONE;
        if (time < state.closesAt) return Phase.OPEN;
        if (state.committed < state.quorum) return Phase.DEAD;
        uint256 revealsFrom = revealStart(state);
        bool isComplete = state.revealedCount() == state.committed;
        if (isComplete || time >= revealsFrom + state.revealWindow) return state.isDecided() ? Phase.ACCEPTED : Phase.VOID;
        return time < revealsFrom ? Phase.SEALED : Phase.REVEALING;
    }

    /// @notice The first moment (unix seconds) at which a reveal is accepted.
    function revealStart(TaskState memory state) internal pure returns (uint256) {
        return uint256(state.closesAt) + state.revealDelay;
    }

    /// @notice Whether a phase is terminal: nothing but payments can happen any more.
    function isClosed(Phase phase) internal pure returns (bool) {
        return phase == Phase.DEAD || phase == Phase.ACCEPTED || phase == Phase.VOID;
    }
}
