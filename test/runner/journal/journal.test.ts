import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { Journal } from "../../../runner/journal/journal.ts";
import { lockDirectory } from "../../../runner/journal/lock-directory.ts";
import { buildTask, escrow, hash, runnerAddress, submitter } from "../support/records.ts";

const owner = { chainId: 31_337, escrow, runner: runnerAddress };
const promised = { identity: hash("01"), payee: submitter, outputHash: hash("02"), commitment: `0x${"03".repeat(31)}` } as const;

describe("journal", () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "parity-journal-"));
    path = join(directory, "journal.sqlite");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function withJournal<T>(use: (journal: Journal) => T): T {
    const journal = new Journal(path, owner);
    try {
      return use(journal);
    } finally {
      journal.close();
    }
  }

  it("remembers a task with its admission, output, promise and end after it was closed", () => {
    const task = buildTask();
    withJournal((journal) => {
      journal.recordTasks([task], { blockNumber: 7n, blockHash: hash("07") });
      journal.recordAdmission(task.taskId, { identity: hash("01"), proof: "0x1234" });
      journal.recordOutput(task.taskId, { outputHash: hash("02"), blobs: [{ sha256: "ab", bytes: 3 }], durationMs: 12.6 });
      journal.recordPromise(task.taskId, promised);
      journal.recordPublished(task.taskId);
      journal.note(task.taskId, "Result committed", { step: "commit" });
    });
    withJournal((journal) => {
      assert.deepEqual(journal.cursor(), { blockNumber: 7n, blockHash: hash("07") });
      assert.deepEqual(journal.inPlay(), [
        {
          task,
          admission: { identity: hash("01"), proof: "0x1234" },
          promised,
          output: { outputHash: hash("02"), blobs: [{ sha256: "ab", bytes: 3 }], durationMs: 13, isPublished: true },
        },
      ]);
      assert.deepEqual(
        journal.notes(task.taskId).map(({ sentence, fields }) => ({ sentence, fields })),
        [{ sentence: "Result committed", fields: { step: "commit" } }],
      );
      journal.recordDone(task.taskId, "settled", 9n);
      assert.deepEqual(journal.inPlay(), []);
      assert.equal(journal.find(task.taskId)?.doneWhy, "settled");
    });
  });

  it("refuses a second and different promise, and keeps the first", () => {
    withJournal((journal) => {
      const { taskId } = buildTask();
      journal.recordTasks([buildTask()]);
      journal.recordPromise(taskId, promised);
      journal.recordPromise(taskId, promised);
      const other = { ...promised, commitment: `0x${"04".repeat(31)}` } as const;
      assert.throws(() => journal.recordPromise(taskId, other), { code: "PROMISE_CONFLICT" });
      assert.equal(journal.find(taskId)?.promised?.commitment, promised.commitment);
    });
  });

  it("keeps what it knows of a task whose post is seen again", () => {
    withJournal((journal) => {
      const task = buildTask();
      journal.recordTasks([task]);
      journal.recordPromise(task.taskId, promised);
      journal.recordTasks([{ ...task, blockNumber: 8n }]);
      assert.deepEqual(journal.find(task.taskId), { task: { ...task, blockNumber: 8n }, promised });
    });
  });

  it("takes up again what was done in blocks that a reorganisation took away, and nothing older", () => {
    withJournal((journal) => {
      const [older, younger] = [buildTask({ nonce: 1n }), buildTask({ nonce: 2n })];
      journal.recordTasks([older, younger]);
      journal.recordDone(older.taskId, "settled", 9n);
      journal.recordDone(younger.taskId, "settled", 10n);
      journal.revive(10n);
      assert.deepEqual(
        journal.inPlay().map(({ task }) => task.taskId),
        [younger.taskId],
      );
    });
  });

  it("names a transaction as unsettled until its outcome is known", () => {
    withJournal((journal) => {
      const transaction = {
        hash: hash("0a"),
        nonce: 4,
        raw: "0x02" as const,
        steps: [
          { taskId: hash("0b"), verb: "commit", deadline: 1_000 },
          { taskId: hash("0c"), verb: "reveal" },
        ],
      };
      journal.recordTransaction(transaction);
      assert.deepEqual(journal.unsettled(), [transaction]);
      journal.recordOutcome(hash("0a"), "mined");
      assert.deepEqual(journal.unsettled(), []);
    });
  });

  it("refuses to serve another address, escrow or chain", () => {
    withJournal(() => {});
    for (const other of [
      { ...owner, chainId: 1 },
      { ...owner, escrow: submitter },
      { ...owner, runner: submitter },
    ])
      assert.throws(() => new Journal(path, other), { code: "JOURNAL_OF_ANOTHER_RUNNER" });
    withJournal(() => {});
  });

  it("refuses a journal of a newer version and leaves it as it is", () => {
    withJournal(() => {});
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 999");
    database.close();
    const before = readFileSync(path);
    assert.throws(() => withJournal(() => {}), { code: "JOURNAL_TOO_NEW" });
    assert.deepEqual(readFileSync(path), before);
  });

  it("moves a damaged file aside with all of its bytes, says so, and starts afresh the next time", () => {
    const damaged = Buffer.alloc(8_192, "not a database ");
    writeFileSync(path, damaged);
    assert.throws(() => withJournal(() => {}), { code: "JOURNAL_CORRUPT" });
    const aside = readdirSync(directory).find((name) => name.includes(".damaged-"));
    assert.deepEqual(readFileSync(join(directory, aside ?? "")), damaged);
    assert.deepEqual(
      withJournal((journal) => journal.inPlay()),
      [],
    );
  });

  it("notices a page that was overwritten inside a real journal", () => {
    withJournal((journal) => {
      for (let nonce = 0n; nonce < 200n; nonce++) journal.recordTasks([buildTask({ nonce })]);
    });
    const bytes = readFileSync(path);
    bytes.fill(0xff, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 8_192);
    writeFileSync(path, bytes);
    assert.throws(() => withJournal(() => {}), { code: "JOURNAL_CORRUPT" });
  });

  it("has every acknowledged promise after its program was killed in the middle of writing, five times", async () => {
    let acknowledged = -1;
    for (let round = 0; round < 5; round++) {
      rmSync(path, { force: true });
      for (const suffix of ["-wal", "-shm"]) rmSync(path + suffix, { force: true });
      acknowledged = await promiseUntilKilled(path, 20 + round * 7);
      withJournal((journal) => {
        for (let nonce = 0n; nonce <= BigInt(acknowledged); nonce++) {
          const { taskId } = buildTask({ nonce });
          assert.equal(journal.find(taskId)?.promised?.commitment, taskId, `round ${round}, promise ${nonce} of ${acknowledged}`);
        }
        assert.ok((journal.cursor()?.blockNumber ?? -1n) >= BigInt(acknowledged));
      });
    }
  });

  it("waits for the disk with what it promises, what it signed and what it brings into the engine, and not with the rest", () => {
    const task = buildTask();
    const { taskId } = task;
    const transaction = { hash: hash("0a"), nonce: 1, raw: hash("0b"), steps: [{ taskId, verb: "commit" }] };
    const modesOf = (write: (journal: Journal) => void) => withJournal((journal) => synchronousIn(() => write(journal)));
    withJournal((journal) => journal.recordTasks([task]));
    assert.deepEqual(
      [
        modesOf((journal) => journal.recordPromise(taskId, promised)),
        modesOf((journal) => journal.recordTransaction(transaction)),
        modesOf((journal) => journal.recordImage("sha256:1", { archive: "1", bytes: 1 })),
        modesOf((journal) => journal.recordOutcome(transaction.hash, "mined")),
        modesOf((journal) => journal.note(taskId, "Result committed")),
      ],
      [["FULL"], ["FULL", "FULL", "FULL"], ["FULL"], ["NORMAL"], ["NORMAL"]],
    );
  });
});

/** Starts the writer, kills it with SIGKILL once it acknowledged `atLeast` promises, and returns the last one it acknowledged. */
async function promiseUntilKilled(path: string, atLeast: number): Promise<number> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, "../support/promise-for-ever.ts"), path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(writer, "exit");
  let last = -1;
  for await (const line of createInterface({ input: writer.stdout })) {
    last = Number(line);
    if (last === atLeast) writer.kill("SIGKILL");
  }
  const [, signal] = await exited;
  assert.equal(signal, "SIGKILL");
  return last;
}

describe("lockDirectory", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "parity-lock-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("lets one runner into a directory at a time", () => {
    const unlock = lockDirectory(directory);
    assert.throws(() => lockDirectory(directory), { code: "RUNNER_DIRECTORY_IN_USE" });
    unlock();
    lockDirectory(directory)();
  });

  it("keeps other programs out, and lets them in once the holder was killed", async () => {
    const source = `import { lockDirectory } from ${JSON.stringify(import.meta.resolve("../../../runner/journal/lock-directory.ts"))};
      lockDirectory(process.argv[1]); console.log("locked"); setInterval(() => {}, 1e6);`;
    const holder = spawn(process.execPath, ["--input-type=module", "--eval", source, directory], { stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    assert.throws(() => lockDirectory(directory), { code: "RUNNER_DIRECTORY_IN_USE" });
    const exited = once(holder, "exit");
    holder.kill("SIGKILL");
    await exited;
    lockDirectory(directory)();
  });

  it("refuses a directory that cannot be made", () => {
    writeFileSync(join(directory, "file"), "");
    assert.throws(() => lockDirectory(join(directory, "file", "below")), { code: "RUNNER_DIRECTORY_UNUSABLE" });
  });
});

/** Notes how far each write waits for the disk: as SQLite is told. The first of a journal's connection is told FULL when it is opened. */
function synchronousIn(act: () => void): string[] {
  // Bound again at each call.
  const exec = Reflect.get(DatabaseSync.prototype, "exec") as (this: DatabaseSync, sql: string) => void;
  const run = Reflect.get(StatementSync.prototype, "run") as (this: StatementSync, ...values: unknown[]) => never;
  const modes: string[] = [];
  let mode = "FULL";
  DatabaseSync.prototype.exec = function (sql) {
    mode = /^PRAGMA synchronous = (\w+)/.exec(sql)?.[1] ?? mode;
    if (sql === "COMMIT") modes.push(mode);
    return exec.call(this, sql);
  };
  StatementSync.prototype.run = function (...values: unknown[]) {
    modes.push(mode);
    return run.apply(this, values);
  };
  try {
    act();
    return modes;
  } finally {
    DatabaseSync.prototype.exec = exec;
    StatementSync.prototype.run = run;
  }
}
