// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRunnerGate} from "../interfaces/IRunnerGate.sol";

/// @notice Reverts whatever it is asked, with more bytes than an answer has.
contract RevertingGate is IRunnerGate {
    error Never(address runner);

    function admit(bytes32, address runner, bytes calldata) external pure returns (bytes32) {
        revert Never(runner);
    }
}

/// @notice Burns all gas that it is given.
contract BurningGate is IRunnerGate {
    function admit(bytes32, address, bytes calldata) external pure returns (bytes32) {
        while (true) {}
        return 0;
    }
}

/// @notice Returns as many bytes as it is told, all of them ones.
contract GarbageGate {
    uint256 private immutable LENGTH;

    constructor(uint256 length) {
        LENGTH = length;
    }

    fallback() external {
        uint256 length = LENGTH;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, not(0))
            return(free, length)
        }
    }
}

/// @notice Admits everyone, but only if it was given the gas that a gate is due.
contract ThirstyGate is IRunnerGate {
    function admit(bytes32, address runner, bytes calldata) external view returns (bytes32) {
        return gasleft() > 99_000 ? bytes32(uint256(uint160(runner))) : bytes32(0);
    }
}

/// @notice Calls its caller back before it admits; the call is made with the proof as its data.
contract ReenteringGate {
    function admit(bytes32, address runner, bytes calldata proof) external returns (bytes32) {
        (bool isTaken, ) = msg.sender.call(proof);
        return isTaken ? bytes32(uint256(1)) : bytes32(uint256(uint160(runner)));
    }
}
