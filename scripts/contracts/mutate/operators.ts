/** A small, wrong change to one place of a source file. */
export interface Mutant {
  file: string;
  /** Where the change starts, in characters. */
  at: number;
  original: string;
  replacement: string;
  operator: string;
}

interface Operator {
  name: string;
  /** Every match outside comments is one mutant. */
  pattern: RegExp;
  replace: (match: string) => string;
}

/** One token becomes another, wherever it stands between spaces. */
function swap(name: string, pairs: Record<string, string>): Operator[] {
  return Object.entries(pairs).map(([from, to]) => ({
    name,
    pattern: new RegExp(` ${from.replaceAll(/[|+*]/g, "\\$&")} `, "g"),
    replace: () => ` ${to} `,
  }));
}

const operators: Operator[] = [
  { name: "drop a guard", pattern: /require\([^;]*\);/g, replace: () => "" },
  ...swap("shift a bound", { "<": "<=", "<=": "<", ">": ">=", ">=": ">" }),
  ...swap("flip a comparison", { "==": "!=", "!=": "==" }),
  ...swap("swap and with or", { "&&": "||", "||": "&&" }),
  ...swap("swap arithmetic", { "+": "-", "-": "+", "*": "+", "/": "*", "%": "/" }),
  ...swap("swap bits", { "&": "|", "<<": ">>", ">>": "<<" }),
  { name: "drop a negation", pattern: /!(?=[\w_])/g, replace: () => "" },
  { name: "drop a write", pattern: /^ +_\w+\[[^;=]*\] = [^;]*;/gm, replace: () => "" },
  { name: "drop an event", pattern: /emit \w+\([^;]*\);/g, replace: () => "{}" },
  { name: "drop a payment", pattern: /ASSET\.\w+\([^;]*\);/g, replace: () => "" },
  { name: "drop a strike", pattern: /^ +_(recordStrike|clearStrikes)\([^;]*\);/gm, replace: () => "" },
  {
    name: "shift a constant",
    pattern: /(?<=constant \w+ = )\d[\d_]*(?=;)/g,
    replace: (match) => `${Number(match.replaceAll("_", "")) + 1}`,
  },
  { name: "shift a mask", pattern: /0x[0-9a-f]{2,6}\b/g, replace: (match) => `0x${(Number(match) ^ 1).toString(16)}` },
  { name: "miscount", pattern: /\+\+(?!i\b)/g, replace: () => "--" },
];

/** Mistakes that take knowledge of the code: a wrong party, swapped arguments, a stale read, a wrong scope. */
const planted: [file: string, original: string, replacement: string, operator: string][] = [
  ["TaskEscrow.sol", "ASSET.pay(opening.payee, _claim", "ASSET.pay(msg.sender, _claim", "pay the wrong party"],
  ["TaskEscrow.sol", "ASSET.pay(task.submitter, amount)", "ASSET.pay(msg.sender, amount)", "pay the wrong party"],
  ["TaskEscrow.sol", "ASSET.pay(steps.payee, payout)", "ASSET.pay(msg.sender, payout)", "pay the wrong party"],
  ["TaskEscrow.sol", "return share + bond;", "return share;", "forget the bond"],
  ["TaskEscrow.sol", "return share + bond;", "return bond;", "forget the share"],
  [
    "TaskEscrow.sol",
    "state.isReclaimed(), AlreadyReclaimed",
    "!state.isReclaimed() || true, AlreadyReclaimed",
    "let the submitter take twice",
  ],
  [
    "TaskEscrow.sol",
    "_tasks[taskId] = state.withCommitment(block.timestamp);",
    "_tasks[taskId] = _tasks[taskId].withCommitment(block.timestamp);",
    "read a stale state",
  ],
  ["TaskEscrow.sol", "_countVote(taskId, state.withRevealed(bit), bit,", "_countVote(taskId, state, bit,", "read a stale state"],
  ["TaskEscrow.sol", "number = state.reserved();\n        }", "number = state.committed() + 1;\n        }", "number a slot by commitments"],
  ["TaskEscrow.sol", "uint256 number = state.reserved();", "uint256 number = state.committed() + 1;", "number a slot by commitments"],
  ["TaskEscrow.sol", "return gate == address(0) ? submitter : gate;", "return submitter;", "count strikes in the wrong scope"],
  ["TaskEscrow.sol", "return gate == address(0) ? submitter : gate;", "return gate;", "count strikes in the wrong scope"],
  ["TaskEscrow.sol", "msg.sender, Commitment.termsHashOf", "address(this), Commitment.termsHashOf", "leave the submitter out of the id"],
  ["TaskEscrow.sol", "_otherMasks[taskId][outputHash] = leaders | bit", "_otherMasks[taskId][outputHash] = bit", "forget earlier votes"],
  ["TaskEscrow.sol", "isMatch ? state.share() : 0", "state.share()", "pay a share for a mismatch"],
  ["TaskEscrow.sol", "hasRevealed || phase == Phase.DEAD ? state", "true ? state", "give a no-show its bond"],
  ["TaskEscrow.sol", "_slotOpenedBy(taskId, opening, false)", "_slotOpenedBy(taskId, opening, true)", "reveal a bare reservation"],
  ["TaskEscrow.sol", "this.commitStep(msg.sender,", "this.commitStep(steps.payee,", "commit for the wrong party"],
  ["TaskEscrow.sol", "this.reserveStep(msg.sender,", "this.reserveStep(steps.payee,", "reserve for the wrong party"],
  ["TaskEscrow.sol", "bonds += _reserveEach(steps);", "_reserveEach(steps);", "forget the bonds of reservations"],
  ["TaskEscrow.sol", "payout += amount;", "payout = amount;", "pay the last claim only"],
  ["TaskEscrow.sol", "bonds += bond;", "bonds = bond;", "take the last bond only"],
  ["libraries/Commitment.sol", "abi.encode(chainId, escrow, terms)", "abi.encode(escrow, terms)", "leave the chain out of the id"],
  ["libraries/Commitment.sol", "abi.encode(chainId, escrow, terms)", "abi.encode(chainId, terms)", "leave the escrow out of the id"],
  [
    "libraries/Commitment.sol",
    "taskId, opening.identity, opening.payee",
    "taskId, opening.payee",
    "leave the identity out of the commitment",
  ],
  [
    "libraries/Commitment.sol",
    "opening.identity, opening.payee, opening.outputHash",
    "opening.identity, opening.outputHash",
    "leave the payee out of the commitment",
  ],
  [
    "libraries/Commitment.sol",
    "opening.payee, opening.outputHash, opening.salt",
    "opening.payee, opening.salt, opening.outputHash",
    "swap arguments",
  ],
  ["libraries/Commitment.sol", "escrow, taskId, opening.identity", "escrow, opening.identity", "leave the task out of the commitment"],
  [
    "libraries/BountySplit.sol",
    "return task.committed() == 0 ? task.reserved() : task.committed();",
    "return task.committed();",
    "keep bonds that should go home",
  ],
  [
    "libraries/BountySplit.sol",
    "return task.committed() == 0 ? task.reserved() : task.committed();",
    "return task.reserved();",
    "share no forfeits in a dead task",
  ],
  ["libraries/BountySplit.sol", "task.bounty() / task.leadingVotes()", "task.bounty() / task.slots()", "share among all slots"],
  ["libraries/BountySplit.sol", "return bond + (", "return (", "forget the bond itself"],
  [
    "libraries/PackedTask.sol",
    "committed(PackedTask.wrap(word)) == slots(task)",
    "committed(PackedTask.wrap(word)) == reserved(task)",
    "close when the reserved have committed",
  ],
  ["libraries/GateCall.sol", "staticcall(gasLimit, gate", "staticcall(gas(), gate", "let a gate take all gas"],
  ["libraries/GateCall.sol", "gt(returndatasize(), 0x1f)", "gt(returndatasize(), 0x1e)", "read less than a word"],
  ["libraries/GateCall.sol", "if and(isAnswered, gt(returndatasize(), 0x1f))", "if isAnswered", "read what was not written"],
  [
    "libraries/GateCall.sol",
    "if and(isAnswered, gt(returndatasize(), 0x1f))",
    "if gt(returndatasize(), 0x1f)",
    "believe a gate that failed",
  ],
  ["gates/MerkleGate.sol", "abi.encode(runner, identity)", "abi.encode(identity, runner)", "swap arguments"],
  ["gates/MerkleGate.sol", "? identity : bytes32(0)", "? identity : identity", "admit everyone"],
  ["TaskEscrowFactory.sol", "escrowOf[asset] = escrow;", "", "drop a write"],
  ["TaskEscrowFactory.sol", "Asset.wrap(asset)", "Asset.wrap(address(0))", "create the wrong escrow"],
];

/** Blanks comments and imports, so that no operator touches them and every offset stays. */
function codeOf(source: string): string {
  return source.replace(/\/\/[^\n]*|^(import|pragma|\/\*)[^;]*;|^ +(using|event|error) [^;]*;/gm, (match) => match.replace(/[^\n]/g, " "));
}

/** Every mutant of one file. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const code = codeOf(source);
  const generated = operators.flatMap(({ name, pattern, replace }) =>
    [...code.matchAll(pattern)].map((match) => {
      const original = source.slice(match.index, match.index + match[0].length);
      return { file, at: match.index, original, replacement: replace(match[0]), operator: name };
    }),
  );
  const byHand = planted.flatMap(([name, original, replacement, operator]) => {
    if (name !== file) return [];
    const at = source.indexOf(original);
    if (at < 0) throw new Error(`${file} no longer contains ${JSON.stringify(original)}: change the mutant "${operator}"`);
    return [{ file, at, original, replacement, operator }];
  });
  return [...generated, ...byHand];
}

/** The mutated source. */
export function apply({ at, original, replacement }: Mutant, source: string): string {
  return source.slice(0, at) + replacement + source.slice(at + original.length);
}

/** Names a mutant by its line before and after, so that the name outlives changes elsewhere in the file. */
export function nameOf(mutant: Mutant, source: string): string {
  const start = source.lastIndexOf("\n", mutant.at) + 1;
  const end = source.indexOf("\n", mutant.at + mutant.original.length);
  const before = source.slice(start, end).replace(/\s+/g, " ").trim();
  const after = apply(mutant, source)
    .slice(start, end + mutant.replacement.length - mutant.original.length)
    .replace(/\s+/g, " ")
    .trim();
  return `${mutant.file}: ${before} => ${after}`;
}
