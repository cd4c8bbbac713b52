// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Opening, TaskKey, TaskTerms} from "../interfaces/TaskTypes.sol";
import {Commitment} from "../libraries/Commitment.sol";

/// @notice Computes the protocol's hashes for the test vectors, for any chain and escrow.
contract ProtocolHashes {
    function termsHashOf(uint256 chainId, address escrow, TaskTerms calldata terms) external pure returns (bytes32) {
        return Commitment.termsHashOf(chainId, escrow, terms);
    }

    function taskIdOf(TaskKey calldata task) external pure returns (bytes32) {
        return Commitment.taskIdOf(task);
    }

    function commitmentOf(uint256 chainId, address escrow, bytes32 taskId, Opening calldata opening) external pure returns (bytes31) {
        return Commitment.commitmentOf(chainId, escrow, taskId, opening);
    }
}
