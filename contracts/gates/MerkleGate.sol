// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {IRunnerGate} from "../interfaces/IRunnerGate.sol";

/// @title MerkleGate
/// @notice Admits the runners of a fixed list. Several addresses of the list may share one identity, and then one slot.
/// @dev The list is not on the chain: it is a blob, so that every runner can find its own proof. Leaves are those of
/// OpenZeppelin's StandardMerkleTree over (address runner, bytes32 identity).
contract MerkleGate is IRunnerGate {
    /// @notice The root of the list's Merkle tree.
    bytes32 public immutable ROOT;
    /// @notice The sha256 of the list, which is a blob.
    bytes32 public immutable LIST_HASH;

    constructor(bytes32 root, bytes32 listHash) {
        ROOT = root;
        LIST_HASH = listHash;
    }

    /// @inheritdoc IRunnerGate
    /// @param proof `abi.encode(bytes32 identity, bytes32[] path)`
    function admit(bytes32, address runner, bytes calldata proof) external view returns (bytes32) {
        (bytes32 identity, bytes32[] memory path) = abi.decode(proof, (bytes32, bytes32[]));
        // Hashed twice, so that an inner node of the tree can never pass for a leaf.
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(runner, identity))));
        return MerkleProof.verify(path, ROOT, leaf) ? identity : bytes32(0);
    }
}
