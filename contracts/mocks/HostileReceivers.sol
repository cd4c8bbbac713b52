// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITaskEscrow} from "../interfaces/ITaskEscrow.sol";
import {TaskTerms} from "../interfaces/TaskTypes.sol";

/// @notice A submitter or payee that is a contract: it posts through itself and calls back while it is being paid.
contract Receiver {
    bool public accepts = true;
    bool public wasTaken;
    bytes public answer;
    address private _target;
    bytes private _call;

    error Refused();

    receive() external payable {
        require(accepts, Refused());
        if (_target != address(0)) (wasTaken, answer) = _target.call(_call);
    }

    function setAccepts(bool accepts_) external {
        accepts = accepts_;
    }

    function reenterWith(address target, bytes calldata call_) external {
        (_target, _call) = (target, call_);
    }

    function post(ITaskEscrow escrow, TaskTerms calldata terms) external payable returns (bytes32) {
        return escrow.postTask{value: msg.value}(terms, "");
    }
}

/// @notice Answers a payment with as much data as its gas buys, so that whoever copies it pays for it.
contract ReturnBomb {
    receive() external payable {
        assembly ("memory-safe") {
            return(0, 1000000)
        }
    }
}
