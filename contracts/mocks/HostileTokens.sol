// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice What every hostile token shares: anyone can mint.
abstract contract HostileToken is ERC20("Hostile", "HOSTILE") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @notice Returns false and moves nothing where it should revert.
contract FalseToken is HostileToken {
    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return false;
    }
}

/// @notice Says that it moved the tokens and did not.
contract LyingToken is HostileToken {
    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return true;
    }
}

/// @notice Takes one unit of every transfer.
contract FeeToken is HostileToken {
    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from != address(0) && to != address(0) && amount != 0) super._update(to, address(0), 1);
    }
}

/// @notice Moves tokens to everyone but one.
contract BlockingToken is HostileToken {
    address public blocked;

    error Blocked(address account);

    function blockAccount(address account) external {
        blocked = account;
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(to != blocked, Blocked(to));
        super._update(from, to, amount);
    }
}

/// @notice Returns nothing at all, as some old and large tokens do.
contract SilentToken {
    mapping(address account => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    error Insufficient(uint256 actual, uint256 required);

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        require(allowance[from][msg.sender] >= amount, Insufficient(allowance[from][msg.sender], amount));
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        require(balanceOf[from] >= amount, Insufficient(balanceOf[from], amount));
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @notice Calls whom it likes in the middle of a transfer, as ERC-777 hooks do.
contract HookToken is HostileToken {
    address private _target;
    bytes private _call;
    bool public wasTaken;
    bytes public answer;

    function hook(address target, bytes calldata call_) external {
        (_target, _call) = (target, call_);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (_target == address(0)) return;
        (wasTaken, answer) = _target.call(_call);
    }
}
