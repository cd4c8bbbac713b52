// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Slot} from "../interfaces/TaskTypes.sol";

/// @notice One runner's place in a task, in one storage word. 0: no slot.
type PackedSlot is uint256;

using PackedSlots for PackedSlot global;

/// @title PackedSlots
/// @notice Reads and makes the one word of a slot: first a reservation by an address, then a commitment.
/// From the low end: the 1-based number 7 bits, whether the seal is a commitment 1 bit, the seal 31 bytes.
library PackedSlots {
    /// @dev No slot: never taken, or settled.
    PackedSlot internal constant NONE = PackedSlot.wrap(0);
    uint256 private constant IS_COMMITMENT = 0x80;

    /// @notice The slot with this number (1..24), held by `runner` without a commitment yet.
    function reservedBy(address runner, uint256 slotNumber) internal pure returns (PackedSlot) {
        return PackedSlot.wrap(uint256(bytes32(sealOf(runner))) | slotNumber);
    }

    /// @notice The slot with this number (1..24), sealed with a commitment.
    function sealedWith(bytes31 commitment, uint256 slotNumber) internal pure returns (PackedSlot) {
        return PackedSlot.wrap(uint256(bytes32(commitment)) | IS_COMMITMENT | slotNumber);
    }

    /// @notice What seals a reservation: the address of the one who made it, left-aligned.
    function sealOf(address runner) internal pure returns (bytes31) {
        return bytes31(bytes20(runner));
    }

    /// @notice Whether the runner has a slot at all.
    function exists(PackedSlot slot) internal pure returns (bool) {
        return PackedSlot.unwrap(slot) != 0;
    }

    /// @notice Whether the slot holds a commitment.
    function isSealed(PackedSlot slot) internal pure returns (bool) {
        return PackedSlot.unwrap(slot) & IS_COMMITMENT != 0;
    }

    /// @notice The slot's number, from 1.
    function number(PackedSlot slot) internal pure returns (uint256) {
        return PackedSlot.unwrap(slot) & 0x7f;
    }

    /// @notice The slot's bit in a mask of slots.
    function bit(PackedSlot slot) internal pure returns (uint256) {
        unchecked {
            return 1 << (number(slot) - 1); // a slot's number is never 0
        }
    }

    /// @notice The commitment, or the address that reserved the slot.
    function seal(PackedSlot slot) internal pure returns (bytes31) {
        return bytes31(bytes32(PackedSlot.unwrap(slot)));
    }

    /// @notice The slot as callers see it.
    function unpacked(PackedSlot slot) internal pure returns (Slot memory) {
        return Slot(uint8(PackedSlot.unwrap(slot)), seal(slot)); // the low byte: the number and the bit above it
    }
}
