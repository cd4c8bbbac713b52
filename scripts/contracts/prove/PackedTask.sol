// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Stands in for contracts/libraries/PackedTask.sol while its users are proved: a solver cannot see through 256-bit
/// shifts and masks, but it can through a struct. Every combination of facts that the real word can hold is one here, so what
/// holds for all structs holds for all tasks. That the real word keeps its fields apart is the tests' to show.
struct PackedTask {
    uint96 bounty_;
    uint40 closesAt_;
    uint24 revealDelay_;
    uint24 revealWindow_;
    uint8 quorum_;
    uint8 reserved_;
    uint8 committed_;
    uint8 revealed_;
    uint8 leading_;
}

using PackedTasks for PackedTask global;

library PackedTasks {
    function bounty(PackedTask memory task) internal pure returns (uint256) {
        return task.bounty_;
    }

    function closesAt(PackedTask memory task) internal pure returns (uint256) {
        return task.closesAt_;
    }

    function revealDelay(PackedTask memory task) internal pure returns (uint256) {
        return task.revealDelay_;
    }

    function revealWindow(PackedTask memory task) internal pure returns (uint256) {
        return task.revealWindow_;
    }

    function quorum(PackedTask memory task) internal pure returns (uint256) {
        return task.quorum_;
    }

    function reserved(PackedTask memory task) internal pure returns (uint256) {
        return task.reserved_;
    }

    function committed(PackedTask memory task) internal pure returns (uint256) {
        return task.committed_;
    }

    function revealed(PackedTask memory task) internal pure returns (uint256) {
        return task.revealed_;
    }

    function leading(PackedTask memory task) internal pure returns (uint256) {
        return task.leading_;
    }
}
