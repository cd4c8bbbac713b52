// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Phase} from "../interfaces/TaskTypes.sol";
import {PackedTask} from "./PackedTask.sol";
import {QuorumTally} from "./QuorumTally.sol";

/// @title TaskPhase
/// @notice Derives the phase of a task from its stored facts and the time. A phase is never stored.
library TaskPhase {
    using QuorumTally for PackedTask;

    /// @notice The phase of a task at `time` (unix seconds).
    function phaseAt(PackedTask task, uint256 time) internal pure returns (Phase) {
        if (task.bounty() == 0) return Phase.NONE;
        uint256 closesAt = task.closesAt();
        if (time < closesAt) return Phase.OPEN;
        uint256 committed = task.committed();
        if (committed < task.quorum()) return Phase.DEAD;
        if (task.revealedCount() != committed) {
            // Cannot overflow: 40 bits and two times 24 bits.
            unchecked {
                uint256 revealStart = closesAt + task.revealDelay();
                if (time < revealStart) return Phase.SEALED;
                if (time < revealStart + task.revealWindow()) return Phase.REVEALING;
            }
        }
        return task.isDecided() ? Phase.ACCEPTED : Phase.VOID;
    }

    /// @notice Whether a phase is terminal: nothing but payments can happen any more.
    function isClosed(Phase phase) internal pure returns (bool) {
        return phase == Phase.DEAD || phase >= Phase.ACCEPTED;
    }
}
