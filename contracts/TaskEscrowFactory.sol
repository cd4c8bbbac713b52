// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";
import {TaskEscrow} from "./TaskEscrow.sol";
import {Asset} from "./libraries/Asset.sol";

/// @title TaskEscrowFactory
/// @notice Creates one escrow an asset, for anyone, at an address that follows from the factory's and the asset's alone.
contract TaskEscrowFactory {
    /// @notice The escrow of an asset (0: the native currency); 0 while there is none.
    mapping(address asset => address escrow) public escrowOf;

    /// @notice The escrow of `asset` was created. `asset` 0: the native currency.
    event EscrowCreated(address indexed asset, address indexed escrow);

    /// @notice The asset has an escrow already; use that one.
    error EscrowExists(address asset, address escrow);
    /// @notice The asset is neither 0 nor a contract.
    error AssetHasNoCode(address asset);

    /// @notice Creates the escrow of `asset`. Open to anyone: an escrow has no owner, so it does not matter who.
    /// Emits {EscrowCreated}.
    /// Requires an asset that is 0 or has code, and that has no escrow yet.
    /// Assumes of the asset what {ITaskEscrow} assumes.
    function createEscrow(address asset) external returns (address escrow) {
        require(asset == address(0) || asset.code.length != 0, AssetHasNoCode(asset));
        require(escrowOf[asset] == address(0), EscrowExists(asset, escrowOf[asset]));
        escrow = address(new TaskEscrow{salt: bytes32(0)}(Asset.wrap(asset)));
        escrowOf[asset] = escrow;
        emit EscrowCreated(asset, escrow);
    }

    /// @notice Where the escrow of `asset` stands or will stand.
    function predictEscrow(address asset) external view returns (address) {
        bytes memory creationCode = abi.encodePacked(type(TaskEscrow).creationCode, abi.encode(asset));
        return Create2.computeAddress(bytes32(0), keccak256(creationCode));
    }
}
