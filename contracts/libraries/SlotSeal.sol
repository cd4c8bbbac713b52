// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Slot} from "../interfaces/TaskTypes.sol";

/// @title SlotSeal
/// @notice Reads and makes the one word of a slot: first a reservation by an address, then a commitment.
library SlotSeal {
    /// @dev High bit of Slot.number. Numbers end at 24, so it is free.
    uint8 private constant IS_COMMITMENT = 0x80;

    /// @notice A slot held by `runner`, without a commitment yet.
    function reservedBy(uint8 number, address runner) internal pure returns (Slot memory) {
        return Slot(number, bytes31(bytes20(runner)));
    }

    /// @notice A slot that has committed.
    function sealedWith(uint8 number, bytes31 commitment) internal pure returns (Slot memory) {
        return Slot(number | IS_COMMITMENT, commitment);
    }

    /// @notice Whether the runner has a slot at all.
    function exists(Slot memory slot) internal pure returns (bool) {
        return slot.number != 0;
    }

    /// @notice Whether the slot holds a commitment.
    function isSealed(Slot memory slot) internal pure returns (bool) {
        return slot.number & IS_COMMITMENT != 0;
    }

    /// @notice The slot's 1-based number.
    function numberOf(Slot memory slot) internal pure returns (uint8) {
        return slot.number & ~IS_COMMITMENT;
    }

    /// @notice Who reserved a slot that has not committed.
    function reserverOf(Slot memory slot) internal pure returns (address) {
        return address(bytes20(slot.seal));
    }
}
