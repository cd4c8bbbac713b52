// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IRunnerGate
/// @notice Decides who may take a slot in a task. Consulted once, when a slot is taken: a gate can block neither a
/// commitment in a reserved slot, nor a reveal, nor a claim.
/// @dev Called with a static call and a bounded amount of gas (`TaskEscrow.GATE_GAS`).
interface IRunnerGate {
    /// @notice Names the identity under which `runner` takes part in `taskId`.
    /// @param taskId the task, as `TaskEscrow` derives it
    /// @param runner the address that asks for a slot
    /// @param proof what this gate needs to decide (a Merkle proof, a token id, nothing)
    /// @return identity 0 refuses; several addresses may share one identity, and one identity holds at most one slot
    function admit(bytes32 taskId, address runner, bytes calldata proof) external view returns (bytes32 identity);
}
