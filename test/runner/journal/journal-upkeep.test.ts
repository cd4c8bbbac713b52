import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { backUpJournal } from "../../../runner/journal/back-up.ts";
import { Journal } from "../../../runner/journal/journal.ts";
import { migrations } from "../../../runner/journal/schema.ts";
import { readStatus } from "../../../runner/telemetry/read-status.ts";
import { buildTask, escrow, hash, runnerAddress, submitter } from "../support/records.ts";

const owner = { chainId: 31_337, escrow, runner: runnerAddress };
const promise = { identity: hash("01"), payee: submitter, outputHash: hash("02"), commitment: hash("03") };

describe("journal upkeep", () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "parity-upkeep-"));
    path = join(directory, "journal.sqlite");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** A journal as the first version left it: a promise, and a transaction on its way. */
  function writeFirstVersion(): void {
    const { taskId, key, location } = buildTask();
    const database = new DatabaseSync(path);
    database.exec(`${migrations[0]}; PRAGMA user_version = 1;`);
    for (const [name, value] of Object.entries(owner))
      database.prepare("INSERT INTO owner VALUES (?, ?)").run(name, String(value).toLowerCase());
    const terms = JSON.stringify(buildTask().terms, (_, value) => (typeof value === "bigint" ? value.toString() : value));
    database
      .prepare("INSERT INTO tasks (task_id, submitter, terms_hash, terms, location, block_number) VALUES (?, ?, ?, ?, ?, 7)")
      .run(taskId, key.submitter, key.termsHash, terms, location);
    database.prepare("INSERT INTO promises VALUES (?, ?, ?, ?, ?)").run(taskId, ...Object.values(promise));
    database.prepare("INSERT INTO transactions VALUES (?, ?, 'commit', 4, '0x02', NULL)").run(hash("0a"), taskId);
    database.prepare("INSERT INTO images VALUES ('sha256:old', 5)").run();
    database.close();
  }

  it("upgrades a journal of the first version, with its promises and its transactions on their way", () => {
    writeFirstVersion();
    const { taskId } = buildTask();
    assert.throws(() => new Journal(path, "read-only"), { code: "JOURNAL_TOO_OLD" });
    const journal = new Journal(path, owner);
    assert.deepEqual(journal.find(taskId)?.promised, promise);
    assert.deepEqual(journal.unsettled(), [{ hash: hash("0a"), nonce: 4, raw: "0x02", steps: [{ taskId, verb: "commit" }] }]);
    assert.deepEqual(journal.images(), [{ imageId: "sha256:old", bytes: 0 }]);
    journal.close();
    new Journal(path, "read-only").close();
  });

  it("adds up what was earned and spent since a moment; a payout counts once, and a reorganisation takes it back", () => {
    const journal = new Journal(path, owner);
    const payout = { taskId: hash("0a"), shareWei: 10n ** 30n, bondWei: 5n, blockNumber: 9n };
    assert.equal(journal.recordPayout(payout), true);
    assert.equal(journal.recordPayout(payout), false);
    journal.recordTransaction({ hash: hash("0b"), nonce: 1, raw: "0x02", steps: [] });
    journal.recordOutcome(hash("0b"), "mined", 7n);
    assert.deepEqual(journal.earnings(0), { tasks: 1, sharesWei: 10n ** 30n, feesWei: 7n });
    assert.deepEqual(journal.earnings(Date.now() + 1_000), { tasks: 0, sharesWei: 0n, feesWei: 0n });
    journal.revive(9n);
    assert.equal(journal.earnings(0).tasks, 0);
    journal.close();
  });

  it("counts the tasks of a submitter that came to nothing after a commitment of this runner", () => {
    const journal = new Journal(path, owner);
    const tasks = [1n, 2n, 3n].map((nonce) => buildTask({ nonce }));
    journal.recordTasks(tasks);
    const [committed, untouched, decided] = tasks.map(({ taskId }) => taskId);
    assert.ok(committed && untouched && decided);
    for (const taskId of [committed, decided]) journal.recordPromise(taskId, promise);
    journal.recordDone(committed, "void", 5n);
    journal.recordDone(untouched, "void", 5n);
    journal.recordDone(decided, "settled", 5n);
    assert.equal(journal.undecidedTasks(submitter, 0), 1);
    assert.equal(journal.undecidedTasks(submitter, Date.now() + 1_000), 0);
    assert.equal(journal.undecidedTasks(escrow, 0), 0);
    journal.close();
  });

  it("forgets what has been over for long, and nothing that is in play", () => {
    const journal = new Journal(path, owner);
    const [over, open] = [buildTask({ nonce: 1n }), buildTask({ nonce: 2n })];
    journal.recordTasks([over, open]);
    for (const { taskId } of [over, open]) {
      journal.recordPromise(taskId, promise);
      journal.note(taskId, "Result committed");
    }
    journal.recordDone(over.taskId, "settled", 5n);
    assert.equal(journal.compact(Date.now() - 1_000), 0);
    assert.equal(journal.compact(Date.now() + 1_000), 1);
    assert.equal(journal.find(over.taskId), undefined);
    assert.deepEqual(journal.notes(over.taskId), []);
    assert.deepEqual(journal.find(open.taskId)?.promised, promise);
    journal.close();
  });

  it("is copied while its runner writes, for its owner's eyes only, and never over another file", async () => {
    const journal = new Journal(path, owner);
    journal.recordTasks([buildTask()]);
    const copy = join(directory, "copy.sqlite");
    await backUpJournal(path, copy);
    assert.equal(statSync(copy).mode & 0o777, 0o600);
    const restored = new Journal(copy, owner);
    assert.equal(restored.inPlay().length, 1);
    restored.close();
    await assert.rejects(backUpJournal(path, copy), { code: "BACKUP_FAILED" });
    await assert.rejects(backUpJournal(join(directory, "none"), join(directory, "copy2")), { code: "RUNNER_NOT_FOUND" });
    journal.close();
  });

  it("tells what it holds while no runner answers, without being changed", async () => {
    await assert.rejects(readStatus({ directory }), { code: "RUNNER_NOT_FOUND" });
    const journal = new Journal(path, owner);
    journal.recordTasks([buildTask()]);
    journal.recordPromise(buildTask().taskId, promise);
    const status = await readStatus({ directory });
    assert.deepEqual([status.source, status.chainId, status.runner], ["journal", 31_337, runnerAddress.toLowerCase()]);
    assert.deepEqual(
      status.tasks.map(({ step, shareWei, deadline }) => ({ step, shareWei, deadline })),
      [{ step: "promised", shareWei: "1000", deadline: 10_110 }],
    );
    journal.close();
    writeFileSync(path, "no database at all, but long enough to look like one".repeat(100));
    await assert.rejects(readStatus({ directory }), { code: "RUNNER_DIRECTORY_UNUSABLE" });
  });
});
