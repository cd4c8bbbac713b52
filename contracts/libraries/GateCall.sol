// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title GateCall
/// @notice Asks a gate, whatever the gate is: it may revert, burn its gas or return garbage, and can do no more than refuse.
library GateCall {
    /// @notice The identity that `gate` gives to `runner`; 0 if it refuses, fails, has no code or returns less than a word.
    /// @dev A static call with exactly `gasLimit` gas that reads one word of return data.
    function admit(address gate, uint256 gasLimit, bytes memory question) internal view returns (bytes32 identity) {
        // A call gets at most 63/64 of the gas left. With less than the gate is due, a gate that would admit could
        // fail: burn what there is, so that the caller (and the estimate of its gas) fails as a whole instead.
        if (gasleft() - gasleft() / 64 <= gasLimit + CALL_OVERHEAD) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        assembly ("memory-safe") {
            let isAnswered := staticcall(gasLimit, gate, add(question, 0x20), mload(question), 0, 0x20)
            if and(isAnswered, gt(returndatasize(), 0x1f)) {
                identity := mload(0)
            }
        }
    }

    /// @dev What the call itself costs before the gate runs: a cold account (2,600) and some stack work.
    uint256 private constant CALL_OVERHEAD = 3_000;
}
