// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {QuorumTally} from "../libraries/QuorumTally.sol";

/// @notice Counts bits the slow way, and names the first mask for which the library counts otherwise.
contract TallyProbe {
    /// @return the first wrong mask from `from` on in steps of `step`, or `none` if `times` masks are right
    function firstWrong(uint256 from, uint256 step, uint256 times) external pure returns (uint256) {
        for (uint256 i; i < times; ++i) {
            uint256 mask = from + i * step;
            if (QuorumTally.countOf(mask) != _slowCountOf(mask)) return mask;
        }
        return type(uint256).max;
    }

    function _slowCountOf(uint256 mask) private pure returns (uint256 count) {
        for (; mask != 0; mask &= mask - 1) ++count;
    }
}
