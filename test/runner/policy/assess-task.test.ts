import assert from "node:assert/strict";
import { defaultLimits, type JobSpec, zeroAddress } from "@parity-protocol/sdk";
import { assessTask, examineTask, type PolicyRules, type Refusal, type TaskOffer } from "../../../runner/policy/assess-task.ts";
import { buildTask, escrow, runnerAddress, submitter } from "../support/records.ts";

const gate = escrow;
const rules: PolicyRules = {
  allowsOpenTasks: false,
  deniedSubmitters: [],
  minShareWei: 0n,
  host: {
    concurrency: 2,
    memoryBytes: 2 * 1024 ** 3,
    archiveBytes: 1_000,
    inputBytes: 100,
    outputBytes: 1024 ** 3,
    scratchBytes: 1024 ** 3,
    timeoutSeconds: 600,
  },
  platform: "linux/amd64",
  cpus: 2,
  sendMarginSeconds: 5,
};
const spec: JobSpec = {
  version: 1,
  image: { archive: "ab".repeat(32), bytes: 1_000, platform: "linux/amd64" },
  command: ["/run"],
  env: {},
  workingDirectory: "/",
  input: [
    { path: "a", sha256: "cd".repeat(32), bytes: 60 },
    { path: "b", sha256: "cd".repeat(32), bytes: 40 },
  ],
  limits: defaultLimits,
  expect: { exitCode: 0 },
  determinism: { level: "standard@1", seed: "00".repeat(32) },
};

function offer(change: Partial<TaskOffer> = {}): TaskOffer {
  const task = change.task ?? buildTask({ gate, bountyWei: 3_000n });
  const state = {
    bountyWei: 3_000n,
    closesAt: 1_000,
    revealDelaySeconds: 10,
    revealWindowSeconds: 100,
    slots: 3,
    quorum: 2,
    reserved: 0,
    committed: 0,
    leadingVotes: 0,
    flags: 0,
    revealedMask: 0,
  };
  return {
    task,
    state,
    now: 695,
    runner: runnerAddress,
    strikes: 0,
    isAdmitted: true,
    bondBalanceWei: 0n,
    gasBalanceWei: 5n,
    gasNeededWei: 5n,
    spec,
    ...change,
  };
}

const withLimits = (limits: Partial<JobSpec["limits"]>) => ({ ...spec, limits: { ...defaultLimits, ...limits } });

const refused: [Refusal, what: string, Partial<TaskOffer>, Partial<PolicyRules>?][] = [
  ["open-task", "a task without a gate", { task: buildTask({ gate: zeroAddress }) }],
  ["gate-not-allowed", "a gate that is not listed", {}, { gates: [submitter] }],
  ["gate-refuses", "a gate that does not admit the runner", { isAdmitted: false }],
  ["own-task", "a task of the runner's own", { runner: submitter }],
  [
    "submitter-denied",
    "a submitter that is denied, in another spelling",
    {},
    { deniedSubmitters: [submitter.toLowerCase() as typeof submitter] },
  ],
  ["strikes", "three strikes", { strikes: 3 }],
  ["share-too-small", "a share just below the minimum", {}, { minShareWei: 1_001n }],
  ["bond-not-covered", "a bond that the balance does not cover", { task: buildTask({ gate, bondWei: 10n }), bondBalanceWei: 9n }],
  ["gas-not-covered", "a balance that does not pay for the gas of what is in hand", { gasBalanceWei: 4n }],
  ["submitter-not-allowed", "a submitter that is not listed", {}, { allowedSubmitters: [escrow] }],
  ["submitter-undecided", "a submitter whose tasks came to nothing", { undecidedTasks: 4 }, { maxUndecidedTasks: 3 }],
  // A share of 1000, 300 s on one CPU, gas that costs 100: 3 a CPU-second is just paid for.
  ["not-profitable", "a share that does not pay for the gas", { gasCostInAsset: 101n }, { cpuSecondPriceWei: 3n }],
  ["not-profitable", "a share that does not pay for the CPU", {}, { cpuSecondPriceWei: 4n }],
  ["level", "a level that is not run here", {}, { levels: ["strict@1"] }],
  ["disk-not-free", "a disk that would be too full", { freeDiskBytes: 1_100 + defaultLimits.outputBytes }, { minFreeDiskBytes: 1 }],
  ["gave-two-outputs", "a job that gave two outputs before", { gaveTwoOutputs: true }],
  ["time-too-short", "too little time for a job that is run twice", { runs: 2 }],
  ["time-too-short", "a second less than the job may take", { now: 696 }],
  ["platform", "an image for another platform", { spec: { ...spec, image: { ...spec.image, platform: "linux/arm64" } } }],
  ["cpus", "more CPUs than there are", { spec: withLimits({ cpus: 3 }) }],
  ["memory", "more memory than allowed", { spec: withLimits({ memoryBytes: 2 * 1024 ** 3 + 1 }) }],
  ["archive-too-large", "an archive that is a byte too large", { spec: { ...spec, image: { ...spec.image, bytes: 1_001 } } }],
  [
    "input-too-large",
    "inputs that are too large together",
    { spec: { ...spec, input: [...spec.input, { path: "c", sha256: "cd".repeat(32), bytes: 1 }] } },
  ],
  ["output-too-large", "too large an output", { spec: withLimits({ outputBytes: 1024 ** 3 + 1 }) }],
  ["scratch-too-large", "too much scratch", { spec: withLimits({ scratchBytes: 1024 ** 3 + 1 }) }],
  ["timeout-too-long", "too long a run", { now: 0, spec: withLimits({ timeoutSeconds: 601 }) }],
];

describe("assessTask", () => {
  it("takes a task that is at every bound", () => {
    const task = buildTask({ gate, bondWei: 10n });
    const atBounds = {
      gates: [gate],
      minShareWei: 1_000n,
      allowedSubmitters: [submitter],
      maxUndecidedTasks: 3,
      cpuSecondPriceWei: 3n,
      levels: ["standard@1"],
      minFreeDiskBytes: 7,
    };
    const full = { undecidedTasks: 3, gasCostInAsset: 100n, freeDiskBytes: 1_107 + defaultLimits.outputBytes };
    assert.deepEqual(assessTask(offer({ task, bondBalanceWei: 10n, strikes: 2, ...full }), { ...rules, ...atBounds }), []);
  });

  for (const [refusal, what, change, rule] of refused)
    it(`refuses ${what} (${refusal}), for that reason alone`, () => {
      const reasons = assessTask(offer(change), { ...rules, ...rule });
      assert.deepEqual(
        reasons.map((reason) => reason.refusal),
        [refusal],
      );
      assert.notEqual(reasons[0]?.because, "");
    });

  it("takes an open task where the operator allows them", () => {
    assert.deepEqual(assessTask(offer({ task: buildTask({ gate: zeroAddress }) }), { ...rules, allowsOpenTasks: true }), []);
  });

  it("does not hold against a task what is not known yet: its job and its gate's answer", () => {
    const { spec: _, isAdmitted: __, ...early } = offer({ now: 999 });
    assert.deepEqual(assessTask(early, rules), []);
  });

  it("says what each rule found, also of those that are met", () => {
    const findings = examineTask(offer(), { ...rules, cpuSecondPriceWei: 4n });
    assert.deepEqual(
      findings.flatMap(({ rule, isMet }) => (isMet ? [] : [rule])),
      ["not-profitable"],
    );
    const profit = findings.find(({ rule }) => rule === "not-profitable");
    assert.match(profit?.because ?? "", /share is 1000.*300 CPU-seconds at 4 cost 1200.*-200 are left/);
    assert.ok(findings.length > 12);
    for (const { because } of findings) assert.match(because, /\.$/);
  });

  it("tells all reasons at once", () => {
    const reasons = assessTask(offer({ strikes: 3, spec: withLimits({ cpus: 64 }) }), { ...rules, minShareWei: 5_000n });
    assert.deepEqual(
      reasons.map((reason) => reason.refusal),
      ["strikes", "share-too-small", "cpus"],
    );
  });
});
