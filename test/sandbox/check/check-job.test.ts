import assert from "node:assert/strict";
import { assertCauses, assertPure } from "./support/attribution.ts";
import { CheckLab } from "./support/check-lab.ts";

describe("check a job", function () {
  this.timeout(600_000);
  let lab: CheckLab;
  before(async () => {
    lab = await CheckLab.open();
  });
  after(() => lab.close());

  it("names the date, shows where it stands, and says how to cure it", async () => {
    const { causes, runs, jobMs, durationMs } = await assertCauses(lab, "date.today");
    const [cause] = causes;
    assert.match(cause?.summary ?? "", /today's date: bytes 6-15 of stdout changed when the clock started 400 days later/);
    assert.match(cause?.fix ?? "", /SOURCE_DATE_EPOCH/);
    assert.deepEqual([cause?.first?.before, cause?.first?.after], ["built 2030-01-01", "built 2031-02-05"]);
    assert.ok(runs <= 20 && durationMs > 0 && jobMs > 0, `${runs} runs`);
  });

  it("names a race", async () => void (await assertCauses(lab, "race")));

  it("finds nothing to name in a job that draws and tells the time without showing it", async () => {
    await assertPure(lab, "a sleep, and the time on stderr");
  });

  it("names both causes of a job with two, each at its place", async () => {
    const { causes } = await lab.check({
      python: "import time, random, json; print(json.dumps({'at': time.time(), 'id': random.random()}))",
    });
    assert.deepEqual(
      causes.map(({ cause, first }) => [cause, first?.at]),
      [
        ["time-stamp", "$.at"],
        ["randomness", "$.id"],
      ],
    );
  });

  it("names RDRAND, which no level holds still, and the program that has it", async () => {
    const { causes, hints, safeUnder, isDeterministic } = await lab.check({ command: ["/instructions", "random"], level: "strict@1" });
    assert.deepEqual(
      causes.map(({ cause, cure }) => [cause, cure]),
      [["uncontrolled", null]],
    );
    assert.deepEqual([safeUnder, isDeterministic], [[], false]);
    assert.match(hints.join(), /\/instructions contains RDRAND or RDSEED and CPUID/);
  });

  it("gives a hint of CPUID in a program whose output was the same", async () => {
    const { causes, hints } = await lab.check({ command: ["/instructions"] });
    assert.deepEqual(causes, []);
    assert.match(hints.join(), /\/instructions contains/);
  });

  it("says of a job that sleeps for a day that it ends in virtual time only", async () => {
    const limits = { timeoutSeconds: 10 };
    const { causes, safeUnder, ending } = await lab.checkQuickly({ shell: "sleep 86400; echo done", limits });
    assert.deepEqual([causes[0]?.cause, safeUnder, ending.outcome], ["waiting", ["strict@1"], "timed-out"]);
    const strict = await lab.checkQuickly({ shell: "sleep 86400; echo done", limits, level: "strict@1" });
    assert.equal(strict.isDeterministic, true);
  });

  it("names the limit of a job that never ends", async () => {
    const { isDeterministic, ending, causes } = await lab.check({ shell: "while :; do :; done", limits: { timeoutSeconds: 5 } });
    assert.deepEqual([isDeterministic, ending.outcome, causes], [false, "timed-out", []]);
    assert.match(ending.reason ?? "", /longer than 5 s/);
  });

  it("names what a job asked for in vain: a device, a network, a program that is not there", async () => {
    const kvm = await lab.check({ shell: "cat /dev/kvm" });
    assert.match(kvm.hints.join(), /\/dev\/kvm is not available/);
    const ring = await lab.check({ command: ["/call", "425"], level: "strict@1" });
    assert.match(ring.ending.reason ?? "", /io_uring is not available/);
    const counters = await lab.check({ command: ["/call", "298"], level: "strict@1" });
    assert.match(counters.ending.reason ?? "", /perf_event_open is not available/);
    const network = await lab.check({ shell: "nc -w 1 192.0.2.1 80", level: "strict@1" });
    assert.match(network.ending.reason ?? "", /a job has no network/);
    const missing = await lab.check({ command: ["/usr/bin/ruby"] });
    assert.deepEqual([missing.ending.exitCode, missing.isDeterministic], [127, true]);
    assert.match(missing.ending.reason ?? "", /not in the image/);
  });

  it("needs two runs where a job is to be posted and nothing differs", async () => {
    const { runs, safeUnder, untried } = await lab.checkQuickly({ shell: "sha256sum /bin/busybox" });
    assert.deepEqual([runs, safeUnder], [2, ["standard@1", "strict@1"]]);
    assert.ok(untried.includes("time-zone") && !untried.includes("date"));
    const strict = await lab.checkQuickly({ python: "import uuid; print(uuid.uuid4())", level: "strict@1" });
    assert.deepEqual([strict.runs, strict.isDeterministic, strict.safeUnder], [2, true, ["strict@1"]]);
  });

  it("names the cause where a job is to be posted and something differs", async () => {
    const { isDeterministic, causes } = await lab.checkQuickly({ python: "import uuid; print(uuid.uuid4())" });
    assert.deepEqual([isDeterministic, causes.map(({ cause }) => cause)], [false, ["randomness"]]);
  });
});
