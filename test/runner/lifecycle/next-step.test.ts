import assert from "node:assert/strict";
import { type Phase, phaseOf, zeroAddress } from "@parity-protocol/sdk";
import { nextStep, type Situation, type Step } from "../../../runner/lifecycle/next-step.ts";

const ours = `0x${"aa".repeat(32)}` as const;
const theirs = `0x${"bb".repeat(32)}` as const;

// Commits until 1000, reveals in 1010..1110.
const open = { state: { slots: 3, quorum: 2, reserved: 0, committed: 0, leadingVotes: 0 }, now: 500 };
const clocks: Record<Exclude<Phase, "NONE">, { committed: number; leadingVotes: number; now: number }> = {
  OPEN: { committed: 0, leadingVotes: 0, now: 500 },
  DEAD: { committed: 1, leadingVotes: 0, now: 1000 },
  SEALED: { committed: 3, leadingVotes: 0, now: 1005 },
  REVEALING: { committed: 3, leadingVotes: 0, now: 1050 },
  ACCEPTED: { committed: 3, leadingVotes: 2, now: 1110 },
  VOID: { committed: 3, leadingVotes: 1, now: 1110 },
};

type Change = Partial<Omit<Situation, "state" | "terms">> & { state?: Partial<Situation["state"]>; bondWei?: bigint };

function situation(phase: Phase, change: Change = {}): Situation {
  const clock = phase === "NONE" ? { committed: 0, leadingVotes: 0, now: 500 } : clocks[phase];
  const { state, bondWei = 0n, ...rest } = change;
  return {
    terms: {
      bountyWei: 300n,
      bondWei,
      slots: 3,
      quorum: 2,
      commitDeadline: 1000,
      revealDelaySeconds: 10,
      revealWindowSeconds: 100,
      gate: zeroAddress,
      jobHash: ours,
      nonce: 0n,
    },
    state: {
      ...open.state,
      bountyWei: phase === "NONE" ? 0n : 300n,
      closesAt: 1000,
      revealDelaySeconds: 10,
      revealWindowSeconds: 100,
      slots: phase === "NONE" ? 0 : 3,
      committed: clock.committed,
      leadingVotes: clock.leadingVotes,
      flags: 0,
      revealedMask: 0,
      ...state,
    },
    now: clock.now,
    slot: "none",
    hasRevealed: false,
    isCloseConfirmed: true,
    verdict: "taken",
    hasCapacity: true,
    isNextInLine: false,
    canPay: true,
    nextBlockAt: clock.now,
    opening: "unknown",
    output: "absent",
    hasFailed: false,
    runSeconds: 60,
    marginSeconds: 5,
    claimsMismatches: false,
    ...rest,
  };
}

const committed: Change = { slot: "committed", opening: "known", outputHash: ours, output: "stored" };
const revealed: Change = { ...committed, hasRevealed: true };
const decidedForUs: Change = { state: { leadingVotes: 2 }, decidedHash: ours };
const decidedForThem: Change = { state: { leadingVotes: 2 }, decidedHash: theirs };

const table: [phase: Phase, what: string, change: Change, expected: string][] = [
  ["NONE", "the post fell out of the chain", {}, "wait not-on-chain until 1000"],
  ["NONE", "the deadline passed before the post came back", { now: 1000 }, "done never-posted"],

  ["OPEN", "a free slot and an accepted verdict", {}, "reserve"],
  ["OPEN", "a verdict that is not there yet", { verdict: "pending" }, "wait being-assessed until 1000"],
  ["OPEN", "a verdict that refuses", { verdict: "refused" }, "done refused"],
  ["OPEN", "an execution that failed before a slot was taken", { hasFailed: true }, "done refused"],
  ["OPEN", "no free slot", { state: { reserved: 3 } }, "done full"],
  ["OPEN", "no free slot, while the verdict is pending", { state: { reserved: 3 }, verdict: "pending" }, "done full"],
  ["OPEN", "no room on the host", { hasCapacity: false }, "wait no-capacity until 935"],
  [
    "OPEN",
    "no room on the host and no verdict yet",
    { hasCapacity: false, verdict: "pending", runSeconds: 0 },
    "wait no-capacity until 995",
  ],
  [
    "OPEN",
    "no room on the host and no verdict yet, but the next place in the line",
    { hasCapacity: false, isNextInLine: true, verdict: "pending", runSeconds: 0 },
    "wait being-assessed until 1000",
  ],
  [
    "OPEN",
    "no room on the host, the next place in the line and an accepted verdict",
    { hasCapacity: false, isNextInLine: true },
    "wait no-capacity until 935",
  ],
  ["OPEN", "too little left for gas", { canPay: false }, "wait gas-short until 935"],
  ["OPEN", "too little left for gas, and a slot already", { canPay: false, slot: "reserved" }, "execute"],
  [
    "OPEN",
    "a reserved slot and an output that the next block is too late for",
    { slot: "reserved", outputHash: ours, now: 990, nextBlockAt: 1000 },
    "wait deadline-too-near until 1000",
  ],
  ["OPEN", "just enough time for the whole job", { now: 935 }, "reserve"],
  ["OPEN", "too little time for the whole job", { now: 936 }, "done too-late"],
  ["OPEN", "an output from before the slot fell out of the chain", { outputHash: ours, output: "stored" }, "commit"],
  ["OPEN", "such an output, and too little time to send it", { outputHash: ours, now: 995 }, "done too-late"],
  ["OPEN", "the identity's slot reserved by another address", { slot: "foreign" }, "done identity-in-use"],
  ["OPEN", "a reserved slot", { slot: "reserved" }, "execute"],
  ["OPEN", "a reserved slot and less time than the job may take", { slot: "reserved", now: 990 }, "execute"],
  ["OPEN", "a reserved slot and a computed output", { slot: "reserved", outputHash: ours, output: "stored" }, "commit"],
  ["OPEN", "a reserved slot and an output one second before it is too late", { slot: "reserved", outputHash: ours, now: 994 }, "commit"],
  [
    "OPEN",
    "a reserved slot and an output that cannot land",
    { slot: "reserved", outputHash: ours, now: 995 },
    "wait deadline-too-near until 1000",
  ],
  [
    "OPEN",
    "a reserved slot and an execution that failed for good",
    { slot: "reserved", hasFailed: true },
    "wait execution-failed until 1000",
  ],
  ["OPEN", "a commitment of ours", committed, "wait commits-open until 1000"],
  ["OPEN", "a commitment whose opening was lost with the journal", { slot: "committed" }, "execute"],
  ["OPEN", "a commitment that was recomputed in vain", { slot: "committed", hasFailed: true }, "done opening-lost"],
  ["OPEN", "a commitment that is not ours", { ...committed, opening: "foreign" }, "done commitment-foreign"],

  ["SEALED", "a commitment of ours", committed, "wait reveals-not-open until 1010"],
  ["SEALED", "a commitment whose opening was lost", { slot: "committed" }, "execute"],
  ["SEALED", "a commitment that is not ours", { ...committed, opening: "foreign" }, "done commitment-foreign"],
  ["SEALED", "a slot that was not filled", { slot: "reserved" }, "done no-show"],
  ["SEALED", "no slot", {}, "done not-taken"],
  ["SEALED", "another address in the identity's slot", { slot: "foreign" }, "done identity-in-use"],

  ["REVEALING", "a commitment of ours", committed, "reveal"],
  ["REVEALING", "the last second of the window", { ...committed, now: 1109 }, "reveal"],
  ["REVEALING", "a next block that is within the window", { ...committed, now: 1100, nextBlockAt: 1109 }, "reveal"],
  ["REVEALING", "a next block that is too late", { ...committed, now: 1100, nextBlockAt: 1110 }, "wait reveal-too-late until 1110"],
  ["REVEALING", "a close that is not deep enough", { ...committed, isCloseConfirmed: false }, "wait close-unconfirmed until 1110"],
  ["REVEALING", "a commitment whose opening was lost", { slot: "committed" }, "execute"],
  ["REVEALING", "a commitment that is not ours", { ...committed, opening: "foreign" }, "done commitment-foreign"],
  ["REVEALING", "a decision for us, before our reveal", { ...committed, ...decidedForUs }, "reveal"],
  ["REVEALING", "a decision against us, without a bond", { ...committed, ...decidedForThem }, "done outvoted"],
  ["REVEALING", "a decision against us, with a bond", { ...committed, ...decidedForThem, bondWei: 9n }, "reveal"],
  ["REVEALING", "our reveal, undecided", revealed, "wait reveals-open until 1110"],
  ["REVEALING", "our reveal and a decision for us", { ...revealed, ...decidedForUs }, "publish"],
  [
    "REVEALING",
    "our reveal, decided for us and published",
    { ...revealed, ...decidedForUs, output: "published" },
    "wait reveals-open until 1110",
  ],
  ["REVEALING", "our reveal, decided for us, the output lost", { ...revealed, ...decidedForUs, output: "absent" }, "execute"],
  ["REVEALING", "our reveal and a decision against us", { ...revealed, ...decidedForThem }, "wait reveals-open until 1110"],
  ["REVEALING", "a slot that was not filled", { slot: "reserved" }, "done no-show"],
  ["REVEALING", "no slot", {}, "done not-taken"],

  ["ACCEPTED", "a match", { ...revealed, ...decidedForUs, output: "published" }, "claim"],
  [
    "ACCEPTED",
    "a match whose output is on its way",
    { ...revealed, ...decidedForUs, output: "uploading" },
    "wait output-uploading until 1140",
  ],
  ["ACCEPTED", "a match that is not published", { ...revealed, ...decidedForUs }, "publish"],
  ["ACCEPTED", "a match whose output was lost", { ...revealed, ...decidedForUs, output: "absent" }, "execute"],
  [
    "ACCEPTED",
    "a match whose output cannot be computed again",
    { ...revealed, ...decidedForUs, output: "absent", hasFailed: true },
    "claim",
  ],
  ["ACCEPTED", "a mismatch without a bond", { ...revealed, ...decidedForThem }, "done outvoted"],
  ["ACCEPTED", "a mismatch with a bond", { ...revealed, ...decidedForThem, bondWei: 9n }, "claim"],
  ["ACCEPTED", "a mismatch without a bond that is to be settled", { ...revealed, ...decidedForThem, claimsMismatches: true }, "claim"],
  [
    "ACCEPTED",
    "a mismatch with a bond and a lost journal",
    { slot: "committed", hasRevealed: true, ...decidedForThem, bondWei: 9n },
    "execute",
  ],
  ["ACCEPTED", "no reveal", { ...committed, ...decidedForUs }, "done not-revealed"],
  ["ACCEPTED", "a slot that was claimed", { outputHash: ours, ...decidedForUs, output: "published" }, "done settled"],
  [
    "ACCEPTED",
    "a slot that was claimed before the output was published",
    { outputHash: ours, ...decidedForUs, output: "stored" },
    "publish",
  ],
  ["ACCEPTED", "a slot that was not filled", { slot: "reserved", ...decidedForThem }, "done no-show"],
  ["ACCEPTED", "no part in it", { ...decidedForThem }, "done not-taken"],

  ["VOID", "a revealed slot without a bond", revealed, "done void"],
  ["VOID", "a revealed slot with a bond", { ...revealed, bondWei: 9n }, "claim"],
  ["VOID", "a revealed slot with a bond and a lost journal", { slot: "committed", hasRevealed: true, bondWei: 9n }, "execute"],
  ["VOID", "a slot that was not revealed", { ...committed, bondWei: 9n }, "done void"],
  ["VOID", "no slot", { bondWei: 9n }, "done void"],

  ["DEAD", "a commitment without a bond", committed, "done dead"],
  ["DEAD", "a commitment with a bond", { ...committed, bondWei: 9n }, "claim"],
  ["DEAD", "a commitment with a bond and a lost journal", { slot: "committed", bondWei: 9n }, "execute"],
  ["DEAD", "a reserved slot with a bond, and others committed", { slot: "reserved", bondWei: 9n }, "done dead"],
  ["DEAD", "a reserved slot with a bond, and nobody committed", { slot: "reserved", bondWei: 9n, state: { committed: 0 } }, "claim"],
  ["DEAD", "no slot", { bondWei: 9n }, "done dead"],
];

function told(step: Step): string {
  if (step.kind === "wait") return `wait ${step.why} until ${step.until}`;
  return step.kind === "done" ? `done ${step.why}` : step.kind;
}

describe("nextStep", () => {
  for (const [phase, what, change, expected] of table)
    it(`given ${phase} and ${what}: ${expected}`, () => {
      const given = situation(phase, change);
      assert.equal(phaseOf(given.state, given.now), phase, "the row describes its phase");
      assert.equal(told(nextStep(given)), expected);
    });
});

const choices = {
  phase: ["NONE", "OPEN", "DEAD", "SEALED", "REVEALING", "ACCEPTED", "VOID"],
  slot: ["none", "reserved", "foreign", "committed"],
  hasRevealed: [true, false],
  isDecidedEarly: [true, false],
  decidedHash: [ours, theirs],
  isCloseConfirmed: [true, false],
  verdict: ["pending", "taken", "refused"],
  outputHash: [undefined, ours],
  opening: ["known", "unknown", "foreign"],
  output: ["absent", "stored", "uploading", "published"],
  hasFailed: [true, false],
  bondWei: [0n, 9n],
  isLate: [true, false],
} as const;

function* everySituation(): Generator<Situation> {
  const names = Object.keys(choices) as (keyof typeof choices)[];
  const counts = names.map((name) => choices[name].length);
  const total = counts.reduce((product, count) => product * count, 1);
  for (let i = 0; i < total; i++) {
    let rest = i;
    const pick = Object.fromEntries(
      names.map((name, at) => {
        const count = counts[at] as number;
        const value = choices[name][rest % count];
        rest = Math.floor(rest / count);
        return [name, value];
      }),
    ) as { [Name in keyof typeof choices]: (typeof choices)[Name][number] };
    const { phase, bondWei, decidedHash, isDecidedEarly, isLate, outputHash, ...facts } = pick;
    const isDecided = phase === "ACCEPTED" || (phase === "REVEALING" && isDecidedEarly);
    yield situation(phase, {
      ...facts,
      bondWei,
      ...(outputHash && { outputHash }),
      ...(isDecided && { decidedHash, state: { leadingVotes: 2 } }),
      ...(phase === "OPEN" && isLate && { now: 997 }),
    });
  }
}

describe("nextStep, in every situation", () => {
  const rules: [string, (step: Step, given: Situation, phase: Phase) => boolean][] = [
    [
      "takes a slot only in OPEN, once the policy agreed",
      (step, given, phase) => step.kind !== "reserve" || (phase === "OPEN" && given.verdict === "taken" && given.slot === "none"),
    ],
    [
      "commits only while it can land, and never a second time",
      (step, given, phase) =>
        step.kind !== "commit" ||
        (phase === "OPEN" && given.slot !== "committed" && given.now + given.marginSeconds < given.state.closesAt),
    ],
    ["commits only what it computed", (step, given) => step.kind !== "commit" || given.outputHash !== undefined],
    [
      "reveals only in a confirmed REVEALING, once, what opens",
      (step, given, phase) =>
        step.kind !== "reveal" ||
        (phase === "REVEALING" && given.isCloseConfirmed && !given.hasRevealed && given.slot === "committed" && given.opening === "known"),
    ],
    [
      "publishes only a decided output that is its own",
      (step, given, phase) =>
        step.kind !== "publish" ||
        ((phase === "REVEALING" || phase === "ACCEPTED") &&
          given.state.leadingVotes >= 2 &&
          given.decidedHash === given.outputHash &&
          given.output === "stored"),
    ],
    [
      "claims only in a terminal phase, from a slot",
      (step, given, phase) =>
        step.kind !== "claim" || (["DEAD", "ACCEPTED", "VOID"].includes(phase) && given.slot !== "none" && given.slot !== "foreign"),
    ],
    [
      "executes only for a slot that it holds, and never after a final failure",
      (step, given) => step.kind !== "execute" || (!given.hasFailed && (given.slot === "reserved" || given.slot === "committed")),
    ],
    ["waits only for a time to come", (step, given) => step.kind !== "wait" || (step.until ?? 0) > given.now],
    [
      "never gives up a matching share",
      (step, given, phase) =>
        step.kind !== "done" ||
        !(
          phase === "ACCEPTED" &&
          given.slot === "committed" &&
          given.hasRevealed &&
          given.opening === "known" &&
          given.outputHash === given.decidedHash
        ),
    ],
    [
      "never gives up an opening bond",
      (step, given, phase) =>
        step.kind !== "done" ||
        !(
          given.terms.bondWei > 0n &&
          given.slot === "committed" &&
          given.opening === "known" &&
          (phase === "DEAD" || (given.hasRevealed && ["ACCEPTED", "VOID"].includes(phase)))
        ),
    ],
  ];
  const broken = new Map<string, string>();

  before(() => {
    for (const given of everySituation()) {
      const step = nextStep(given);
      const phase = phaseOf(given.state, given.now);
      for (const [rule, holds] of rules) if (!holds(step, given, phase)) broken.set(rule, `${told(step)} in ${inspect(given)}`);
    }
  });

  for (const [rule] of rules) it(rule, () => assert.equal(broken.get(rule), undefined));
});

function inspect(given: Situation): string {
  return JSON.stringify(given, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
}
