// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

interface IRunnerGate {
    function admit(bytes32 taskId, address runner, bytes calldata proof) external view returns (bytes32 identity);
}
