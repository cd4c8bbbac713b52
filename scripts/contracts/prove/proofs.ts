/** A statement about the pure libraries, as a contract called Proof whose assertions a solver proves for all arguments. */
export interface Proof {
  name: string;
  statement: string;
  source: string;
}

function proof(name: string, statement: string, body: string): Proof {
  const source = `// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;
import {Phase} from "contracts/interfaces/TaskTypes.sol";
import {PackedTask} from "contracts/libraries/PackedTask.sol";
import {BountySplit} from "contracts/libraries/BountySplit.sol";
import {QuorumTally} from "contracts/libraries/QuorumTally.sol";
import {TaskPhase} from "contracts/libraries/TaskPhase.sol";
contract Proof {
    using BountySplit for PackedTask;
    using QuorumTally for PackedTask;
    using TaskPhase for PackedTask;
${body}
}
`;
  return { name, statement, source };
}

const later = "PackedTask memory task, uint256 time, uint256 laterTime";
const phases = "require(time <= laterTime); Phase phase = task.phaseAt(time); Phase next = task.phaseAt(laterTime);";

export const proofs: Proof[] = [
  proof(
    "closed",
    "a closed phase never changes with time",
    `    function p(${later}) public pure { ${phases} require(TaskPhase.isClosed(phase)); assert(next == phase); }`,
  ),
  proof(
    "none",
    "a task that was never posted stays so",
    `    function p(${later}) public pure { ${phases} assert((phase == Phase.NONE) == (next == Phase.NONE)); }`,
  ),
  proof(
    "sealed",
    "what is SEALED was not DEAD and never opens again",
    `    function p(${later}) public pure { ${phases} require(phase == Phase.SEALED); assert(next != Phase.OPEN && next != Phase.DEAD); }`,
  ),
  proof(
    "revealing",
    "REVEALING ends in ACCEPTED or VOID and in nothing else",
    `    function p(${later}) public pure { ${phases} require(phase == Phase.REVEALING); assert(next == phase || next == Phase.ACCEPTED || next == Phase.VOID); }`,
  ),
  proof(
    "outcome",
    "ACCEPTED is decided and VOID is not, and either had a quorum of commitments",
    `    function p(PackedTask memory task, uint256 time) public pure {
        Phase phase = task.phaseAt(time);
        if (phase == Phase.ACCEPTED) assert(task.isDecided());
        if (phase == Phase.VOID) assert(!task.isDecided());
        if (phase == Phase.ACCEPTED || phase == Phase.VOID) assert(task.committed() >= task.quorum());
        if (phase == Phase.DEAD) assert(task.committed() < task.quorum());
    }`,
  ),
  ...Array.from({ length: 24 }, (_, i) => i + 1).map((votes) =>
    proof(
      `share-${votes}`,
      `the shares of ${votes} and the remainder are the bounty`,
      `    function p(PackedTask memory task) public pure {
        require(task.leadingVotes() == ${votes});
        uint256 rest = task.unearnedBounty(Phase.ACCEPTED);
        assert(task.share() * ${votes} + rest == task.bounty() && rest < ${votes});
    }`,
    ),
  ),
  ...Array.from({ length: 24 }, (_, i) => i + 1).map((keepers) =>
    proof(
      `bonds-${keepers}`,
      `what ${keepers} revealers get back and what is left over are all the bonds`,
      `    function p(PackedTask memory task, uint96 bond) public pure {
        require(task.revealedCount() == ${keepers} && task.reserved() >= ${keepers} && task.reserved() <= 24);
        uint256 rest = task.unearnedForfeits(Phase.VOID, bond);
        assert(task.bondPayout(Phase.VOID, bond) * ${keepers} + rest == task.reserved() * bond && rest < ${keepers});
    }`,
    ),
  ),
  proof(
    "bonds-of-nobody",
    "the submitter gets all bonds where nobody revealed",
    `    function p(PackedTask memory task, uint96 bond) public pure {
        require(task.revealedCount() == 0 && task.reserved() <= 24);
        assert(task.unearnedForfeits(Phase.VOID, bond) == task.reserved() * bond);
    }`,
  ),
  proof(
    "bonds-go-home",
    "every bond goes home from a DEAD task to which nobody committed",
    `    function p(PackedTask memory task, uint96 bond) public pure {
        require(task.committed() == 0 && task.reserved() != 0 && task.reserved() <= 24);
        assert(task.bondPayout(Phase.DEAD, bond) == bond && task.unearnedForfeits(Phase.DEAD, bond) == 0);
    }`,
  ),
];
