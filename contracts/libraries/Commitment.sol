// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {Opening, TaskKey, TaskTerms} from "../interfaces/TaskTypes.sol";

/// @title Commitment
/// @notice Every hash of the protocol. All of them bind the chain and the escrow, so that none can be replayed elsewhere.
library Commitment {
    /// @notice Binds every parameter of a task to a chain and an escrow.
    function termsHashOf(uint256 chainId, address escrow, TaskTerms calldata terms) internal pure returns (bytes32) {
        return keccak256(abi.encode(chainId, escrow, terms));
    }

    /// @notice Binds the terms to their submitter: an id can be neither squatted by another nor swapped by a reorg.
    function taskIdOf(address submitter, bytes32 termsHash) internal pure returns (bytes32) {
        return Hashes.efficientKeccak256(bytes32(uint256(uint160(submitter))), termsHash);
    }

    /// @notice The id of the task that a key names.
    function taskIdOf(TaskKey calldata task) internal pure returns (bytes32) {
        return taskIdOf(task.submitter, task.termsHash);
    }

    /// @notice Seals an answer. The identity and the payee are inside: a copy opens for nobody else.
    /// @dev 31 bytes, so that the commitment and the slot's number share one storage word.
    function commitmentOf(uint256 chainId, address escrow, bytes32 taskId, Opening calldata opening) internal pure returns (bytes31) {
        return bytes31(keccak256(abi.encode(chainId, escrow, taskId, opening.identity, opening.payee, opening.outputHash, opening.salt)));
    }
}
