// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IRunnerGate} from "../interfaces/IRunnerGate.sol";

/// @title TokenGate
/// @notice Admits the holders of a token: one identity for each token of an ERC-721 (pass on a token, and its strikes go with
/// it), or one for each address that holds enough of an ERC-20.
/// @dev Assumes that holding is costly: an ERC-20 that is moved on between two reservations admits two addresses, so its gate
/// is only as strong as `MINIMUM` times the slots is expensive to have.
contract TokenGate is IRunnerGate {
    /// @notice The token that runners hold.
    address public immutable TOKEN;
    /// @notice How much of an ERC-20 admits, in its smallest unit; 0: the token is an ERC-721.
    uint256 public immutable MINIMUM;

    /// @notice The token is not a contract.
    error TokenHasNoCode(address token);

    constructor(address token, uint256 minimum) {
        require(token.code.length != 0, TokenHasNoCode(token));
        TOKEN = token;
        MINIMUM = minimum;
    }

    /// @inheritdoc IRunnerGate
    /// @param proof `abi.encode(uint256 tokenId)` for an ERC-721; not looked at for an ERC-20
    function admit(bytes32, address runner, bytes calldata proof) external view returns (bytes32) {
        if (MINIMUM == 0) {
            uint256 tokenId = abi.decode(proof, (uint256));
            bool isHolder = IERC721(TOKEN).ownerOf(tokenId) == runner;
            return isHolder ? keccak256(abi.encode(TOKEN, tokenId)) : bytes32(0);
        }
        bool holdsEnough = IERC20(TOKEN).balanceOf(runner) >= MINIMUM;
        return holdsEnough ? bytes32(uint256(uint160(runner))) : bytes32(0);
    }
}
