// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {ITaskEscrow} from "../interfaces/ITaskEscrow.sol";

/// @notice The one asset of an escrow: an ERC-20, or 0 for the chain's native currency.
type Asset is address;

using AssetTransfer for Asset global;

/// @title AssetTransfer
/// @notice Moves an escrow's asset in and out.
library AssetTransfer {
    /// @notice Whether the asset is the chain's native currency.
    function isNative(Asset asset) internal pure returns (bool) {
        return Asset.unwrap(asset) == address(0);
    }

    /// @notice Takes exactly `amount` from the caller. Native: the value sent must be the amount.
    function collectExactly(Asset asset, uint256 amount) internal {
        uint256 value = isNative(asset) ? amount : 0;
        require(msg.value == value, ITaskEscrow.WrongValue(msg.value, value));
        if (value != amount) _collectToken(asset, amount);
    }

    /// @notice Takes `amount` from the caller and gives back what native value was sent beyond it.
    function collectAtLeast(Asset asset, uint256 amount) internal {
        if (!isNative(asset)) return collectExactly(asset, amount);
        require(msg.value >= amount, ITaskEscrow.WrongValue(msg.value, amount));
        pay(asset, msg.sender, msg.value - amount);
    }

    /// @notice Sends `amount` to `to`. Reverts if the receiver or the token refuses.
    function pay(Asset asset, address to, uint256 amount) internal {
        if (amount == 0) return;
        if (!isNative(asset)) return SafeERC20.safeTransfer(IERC20(Asset.unwrap(asset)), to, amount);
        // Return data is not read: a receiver cannot make the caller pay for copying it.
        require(LowLevelCall.callNoReturn(to, amount, ""), ITaskEscrow.TransferFailed(to, amount));
    }

    /// @dev The balance is compared, so that a token that takes a fee on the way is refused.
    function _collectToken(Asset asset, uint256 amount) private {
        IERC20 token = IERC20(Asset.unwrap(asset));
        uint256 balanceBefore = token.balanceOf(address(this));
        SafeERC20.safeTransferFrom(token, msg.sender, address(this), amount);
        uint256 received = token.balanceOf(address(this)) - balanceBefore;
        require(received == amount, ITaskEscrow.WrongAmountReceived(received, amount));
    }
}
