// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITaskEscrow} from "../interfaces/ITaskEscrow.sol";
import {TaskTerms} from "../interfaces/TaskTypes.sol";

/// @title TermsRules
/// @notice Which terms a task may have.
library TermsRules {
    /// @dev The mask of reveals has 24 bits; a committee beyond two dozen costs more than its safety grows.
    uint256 internal constant MAX_SLOTS = 24;

    /// @notice Reverts unless the terms make sense at `time` (unix seconds).
    function check(TaskTerms calldata terms, uint256 time) internal pure {
        uint256 slots = terms.slots;
        require(slots != 0 && slots <= MAX_SLOTS, ITaskEscrow.SlotsOutOfRange(slots, MAX_SLOTS));
        uint256 majority = slots / 2 + 1; // two hashes can then never both have a quorum
        require(terms.quorum >= majority && terms.quorum <= slots, ITaskEscrow.QuorumOutOfRange(terms.quorum, majority, slots));
        require(terms.bounty >= slots, ITaskEscrow.BountyTooSmall(terms.bounty, slots));
        uint256 bonds = terms.bond * slots;
        require(bonds <= terms.bounty, ITaskEscrow.BondsExceedBounty(bonds, terms.bounty));
        require(terms.commitDeadline > time, ITaskEscrow.DeadlineInThePast(terms.commitDeadline, time));
        require(terms.revealWindow != 0, ITaskEscrow.RevealWindowIsZero());
    }
}
