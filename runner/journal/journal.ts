import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Address, type Hex, ParityError, type Task } from "@parity-protocol/sdk";
import { openDatabase, openReadOnly } from "./open-database.ts";
import {
  type Admission,
  type Cursor,
  decodeTerms,
  type Earnings,
  encodeTerms,
  type ImageRecord,
  type JournalOwner,
  type Payout,
  type Promised,
  type StepOfTransaction,
  type StoredBlob,
  type StoredOutput,
  type TaskRecord,
  type UnsettledTransaction,
} from "./records.ts";

type Row = Record<string, unknown>;

const selectTask = `
  SELECT t.*, o.output_hash, o.blobs, o.duration_ms, o.published,
         p.identity AS promised_identity, p.payee, p.output_hash AS promised_hash, p.commitment
  FROM tasks t LEFT JOIN outputs o USING (task_id) LEFT JOIN promises p USING (task_id)`;

/**
 * What this runner promised, durable before it is promised. A kill at any moment loses nothing that was acknowledged. A power cut loses
 * no promise and no signed transaction, nor anything that was written before one; of what promises nothing it may take the last moments,
 * all of which can be found out again.
 */
export class Journal {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /**
   * Opens the journal in a file, creating it; `read-only` opens what is there, beside the runner that works with it.
   * @throws JOURNAL_CORRUPT, JOURNAL_TOO_NEW, JOURNAL_OF_ANOTHER_RUNNER, RUNNER_DIRECTORY_UNUSABLE; read-only also JOURNAL_TOO_OLD
   */
  constructor(path: string, owner: JournalOwner | "read-only") {
    this.#database = owner === "read-only" ? openReadOnly(path) : openDatabase(path);
    if (owner === "read-only") return;
    try {
      this.#claimFor(owner, path);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }

  /** Returns whose journal it is; addresses are in small letters. */
  owner(): JournalOwner {
    const { chainId = "0", ...rest } = Object.fromEntries(this.#all("SELECT * FROM owner").map((row) => [row.name, row.value as string]));
    return { ...(rest as Pick<JournalOwner, "escrow" | "runner">), chainId: Number(chainId) };
  }

  /**
   * Forgets what was over before `beforeMs`, unix milliseconds: tasks that are done, their history, and settled transactions. What was
   * earned stays. Gives the room back to the disk where that is worth the writing; returns how many tasks it forgot.
   */
  compact(beforeMs: number): number {
    const old = "SELECT task_id FROM tasks WHERE done_why IS NOT NULL AND done_at < ?";
    const count = Number(this.#get(`SELECT COUNT(*) AS count FROM (${old})`, beforeMs)?.count);
    this.#inOneWrite(() => {
      for (const table of ["outputs", "promises", "notes", "tasks"]) this.#run(`DELETE FROM ${table} WHERE task_id IN (${old})`, beforeMs);
      const settled = "SELECT hash FROM transactions WHERE outcome IS NOT NULL AND settled_at < ?";
      this.#run(`DELETE FROM transaction_steps WHERE hash IN (${settled})`, beforeMs);
      this.#run(`DELETE FROM transactions WHERE hash IN (${settled})`, beforeMs);
    });
    const pragma = (name: string) => Number(this.#get(`PRAGMA ${name}`)?.[name]);
    if (pragma("freelist_count") > Math.max(1_000, pragma("page_count") / 2)) this.#database.exec("VACUUM");
    return count;
  }

  /** Returns the last block whose events were recorded. */
  cursor(): Cursor | undefined {
    const row = this.#get("SELECT * FROM cursor");
    return row && { blockNumber: BigInt(row.block_number as number), blockHash: row.block_hash as Hex };
  }

  /** Records the tasks of some blocks and, in the same write, that these blocks are done. */
  recordTasks(tasks: readonly Task[], cursor?: Cursor): void {
    this.#withoutWaiting(() =>
      this.#inOneWrite(() => {
        for (const task of tasks) this.#insertTask(task);
        if (cursor) this.#run("INSERT OR REPLACE INTO cursor VALUES (1, ?, ?)", Number(cursor.blockNumber), cursor.blockHash);
      }),
    );
  }

  /** Finds a task. */
  find(taskId: Hex): TaskRecord | undefined {
    const row = this.#get(`${selectTask} WHERE t.task_id = ?`, taskId);
    return row && toRecord(row);
  }

  /** Says whether a task is known and not done. */
  isInPlay(taskId: Hex): boolean {
    return this.#get("SELECT 1 FROM tasks WHERE task_id = ? AND done_why IS NULL", taskId) !== undefined;
  }

  /** Lists the tasks that are not done. */
  inPlay(): TaskRecord[] {
    return this.#all(`${selectTask} WHERE t.done_why IS NULL ORDER BY t.block_number`).map(toRecord);
  }

  recordAdmission(taskId: Hex, { identity, proof }: Admission): void {
    this.#runSoon("UPDATE tasks SET identity = ?, proof = ? WHERE task_id = ?", identity, proof, taskId);
  }

  /** Records an output whose blobs are durable in the runner's directory. */
  recordOutput(taskId: Hex, { outputHash, blobs, durationMs }: Omit<StoredOutput, "isPublished">): void {
    const text = JSON.stringify(blobs);
    this.#runSoon("INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, 0)", taskId, outputHash, text, Math.round(durationMs));
  }

  recordPublished(taskId: Hex): void {
    this.#runSoon("UPDATE outputs SET published = 1 WHERE task_id = ?", taskId);
  }

  /**
   * Records a promise, before the transaction that makes it is signed. The same promise again is fine.
   * @throws PROMISE_CONFLICT for another promise about the same task
   */
  recordPromise(taskId: Hex, { identity, payee, outputHash, commitment }: Promised): void {
    this.#run("INSERT OR IGNORE INTO promises VALUES (?, ?, ?, ?, ?)", taskId, identity, payee, outputHash, commitment);
    const kept = this.find(taskId)?.promised;
    if (kept?.commitment === commitment) return;
    throw new ParityError("PROMISE_CONFLICT", `Task ${taskId} already has the promise ${kept?.commitment}; ${commitment} was not sent.`, {
      details: { taskId },
    });
  }

  /** Records that the execution of a task failed for good. */
  recordFailure(taskId: Hex, code: string): void {
    this.#runSoon("UPDATE tasks SET failure = ? WHERE task_id = ?", code, taskId);
  }

  /** Records that there is nothing more to do about a task. */
  recordDone(taskId: Hex, why: string, atBlock: bigint): void {
    this.#runSoon(
      "UPDATE tasks SET done_why = ?, done_at_block = ?, done_at = ? WHERE task_id = ?",
      why,
      Number(atBlock),
      Date.now(),
      taskId,
    );
  }

  /** Takes up again the tasks that were done at or after a block which a reorganisation took away. */
  revive(fromBlock: bigint): void {
    this.#runSoon("UPDATE tasks SET done_why = NULL, done_at_block = NULL WHERE done_at_block >= ?", Number(fromBlock));
    this.#runSoon("DELETE FROM payouts WHERE block_number >= ?", Number(fromBlock));
  }

  /** Takes up one task again. */
  reviveTask(taskId: Hex): void {
    this.#runSoon("UPDATE tasks SET done_why = NULL, done_at_block = NULL WHERE task_id = ?", taskId);
  }

  /** Records a signed transaction with its steps, before it is sent. */
  recordTransaction({ hash, nonce, raw, steps }: UnsettledTransaction): void {
    this.#inOneWrite(() => {
      this.#run("INSERT OR IGNORE INTO transactions (hash, nonce, raw) VALUES (?, ?, ?)", hash, nonce, raw);
      for (const { taskId, verb, deadline = null } of steps)
        this.#run("INSERT OR IGNORE INTO transaction_steps VALUES (?, ?, ?, ?)", hash, taskId, verb, deadline);
    });
  }

  /** Records how a transaction ended and, where it was mined, what it cost. */
  recordOutcome(hash: Hex, outcome: "mined" | "reverted" | "lost", feeWei = 0n): void {
    this.#runSoon(
      "UPDATE transactions SET outcome = ?, raw = '', fee_wei = ?, settled_at = ? WHERE hash = ?",
      outcome,
      feeWei.toString(),
      Date.now(),
      hash,
    );
  }

  /** Lists the transactions whose end is not known, in the order of their nonces; the newest version of one comes last. */
  unsettled(): UnsettledTransaction[] {
    return this.#all("SELECT hash, nonce, raw FROM transactions WHERE outcome IS NULL ORDER BY nonce, rowid").map((row) => {
      const { hash, nonce, raw } = row as unknown as Omit<UnsettledTransaction, "steps">;
      return { hash, nonce, raw, steps: this.#stepsOf(hash) };
    });
  }

  #stepsOf(hash: Hex): StepOfTransaction[] {
    return this.#all("SELECT * FROM transaction_steps WHERE hash = ?", hash).map((row) => {
      const step = { taskId: row.task_id as Hex, verb: row.verb as string };
      return row.deadline === null ? step : { ...step, deadline: row.deadline as number };
    });
  }

  /** Records what a slot of this runner was paid; says whether that was new. */
  recordPayout({ taskId, shareWei, bondWei, blockNumber }: Payout): boolean {
    const values = [taskId, shareWei.toString(), bondWei.toString(), Number(blockNumber), Date.now()] as const;
    const insert = this.#prepare("INSERT OR IGNORE INTO payouts VALUES (?, ?, ?, ?, ?)");
    return this.#withoutWaiting(() => insert.run(...values).changes > 0);
  }

  /** Adds up what was earned and spent since `sinceMs`, unix milliseconds by this host's clock. */
  earnings(sinceMs: number): Earnings {
    // Amounts do not fit into SQLite's integers.
    const shares = this.#all("SELECT share_wei AS wei FROM payouts WHERE at >= ?", sinceMs);
    const fees = this.#all("SELECT fee_wei AS wei FROM transactions WHERE settled_at >= ? AND fee_wei <> '0'", sinceMs);
    const sum = (rows: Row[]) => rows.reduce((total, { wei }) => total + BigInt(wei as string), 0n);
    return { tasks: shares.length, sharesWei: sum(shares), feesWei: sum(fees) };
  }

  /** Counts the tasks of a submitter that this runner committed to and that came to nothing since `sinceMs`, unix milliseconds. */
  undecidedTasks(submitter: Address, sinceMs: number): number {
    const row = this.#get(
      `SELECT COUNT(*) AS count FROM tasks JOIN promises USING (task_id)
       WHERE submitter = ? AND done_why IN ('void', 'dead') AND done_at >= ?`,
      submitter,
      sinceMs,
    );
    return Number(row?.count);
  }

  /** Records that this runner brought an image into the engine, and so has to remove it one day. */
  recordImage(imageId: string, { archive, bytes }: { archive: string; bytes: number }): void {
    const values = [imageId, Date.now(), archive, bytes, Date.now()] as const;
    this.#run("INSERT OR REPLACE INTO images (image_id, loaded_at, archive, bytes, used_at) VALUES (?, ?, ?, ?, ?)", ...values);
  }

  /** Records that an image is used now, where this runner brought it. */
  touchImage(imageId: string, archive: string): void {
    this.#runSoon("UPDATE images SET used_at = ?, archive = ? WHERE image_id = ?", Date.now(), archive, imageId);
  }

  forgetImage(imageId: string): void {
    this.#runSoon("DELETE FROM images WHERE image_id = ?", imageId);
  }

  /** Lists the images that this runner brought into the engine, also before a crash, the one that was used longest ago first. */
  images(): ImageRecord[] {
    return this.#all("SELECT * FROM images ORDER BY used_at, rowid").map((row) => {
      const record = { imageId: row.image_id as string, bytes: row.bytes as number };
      return row.archive === null ? record : { ...record, archive: row.archive as string };
    });
  }

  /** Records what running a job twice came to: about its image where the outputs were the same, about the job where they differed. */
  recordSelfCheck(subject: string, outcome: "same" | "differs"): void {
    this.#runSoon("INSERT OR REPLACE INTO self_checks VALUES (?, ?, ?)", subject, outcome, Date.now());
  }

  /** Says what a self-check of an image's archive or of a job came to; undefined where there was none. */
  selfCheck(subject: string): "same" | "differs" | undefined {
    return this.#get("SELECT outcome FROM self_checks WHERE subject = ?", subject)?.outcome as "same" | "differs" | undefined;
  }

  /** Adds a line to a task's history. Never a secret, never an unrevealed output. */
  note(taskId: Hex, sentence: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#runSoon(
      "INSERT INTO notes (task_id, at, sentence, fields) VALUES (?, ?, ?, ?)",
      taskId,
      Date.now(),
      sentence,
      JSON.stringify(fields),
    );
  }

  /** Lists a task's history in order. `at` is unix milliseconds. */
  notes(taskId: Hex): { at: number; sentence: string; fields: Record<string, unknown> }[] {
    return this.#all("SELECT * FROM notes WHERE task_id = ? ORDER BY number", taskId).map((row) => ({
      at: row.at as number,
      sentence: row.sentence as string,
      fields: JSON.parse(row.fields as string) as Record<string, unknown>,
    }));
  }

  #claimFor(owner: JournalOwner, path: string): void {
    for (const [name, value] of Object.entries(owner)) {
      const text = String(value).toLowerCase();
      this.#run("INSERT OR IGNORE INTO owner VALUES (?, ?)", name, text);
      const kept = this.#get("SELECT value FROM owner WHERE name = ?", name)?.value;
      if (kept !== text)
        throw new ParityError("JOURNAL_OF_ANOTHER_RUNNER", `The journal ${path} belongs to ${name} ${String(kept)}, not to ${text}.`);
    }
  }

  #insertTask({ taskId, key, terms, location, blockNumber }: Task): void {
    this.#run(
      `INSERT INTO tasks (task_id, submitter, terms_hash, terms, location, block_number) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET location = excluded.location, block_number = excluded.block_number`,
      taskId,
      key.submitter,
      key.termsHash,
      encodeTerms(terms),
      location,
      Number(blockNumber),
    );
  }

  #inOneWrite(write: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      write();
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** Writes what promises nothing: it is not waited for on the disk, where the next promise takes it along. */
  #withoutWaiting<T>(write: () => T): T {
    this.#database.exec("PRAGMA synchronous = NORMAL");
    try {
      return write();
    } finally {
      this.#database.exec("PRAGMA synchronous = FULL");
    }
  }

  #prepare(sql: string): StatementSync {
    const prepared = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }

  #run(sql: string, ...values: (string | number | null)[]): void {
    this.#prepare(sql).run(...values);
  }

  #runSoon(sql: string, ...values: (string | number | null)[]): void {
    this.#withoutWaiting(() => this.#run(sql, ...values));
  }

  #get(sql: string, ...values: (string | number)[]): Row | undefined {
    return this.#prepare(sql).get(...values);
  }

  #all(sql: string, ...values: (string | number)[]): Row[] {
    return this.#prepare(sql).all(...values);
  }
}

function toRecord(row: Row): TaskRecord {
  const text = (name: string) => row[name] as string;
  const key = { submitter: text("submitter") as Address, termsHash: text("terms_hash") as Hex };
  const record: TaskRecord = {
    task: {
      taskId: text("task_id") as Hex,
      key,
      submitter: key.submitter,
      terms: decodeTerms(text("terms")),
      location: text("location"),
      blockNumber: BigInt(row.block_number as number),
    },
  };
  if (row.identity !== null) record.admission = { identity: text("identity") as Hex, proof: text("proof") as Hex };
  if (row.failure !== null) record.failure = text("failure");
  if (row.done_why !== null) record.doneWhy = text("done_why");
  if (row.promised_hash !== null) record.promised = toPromised(row);
  if (row.output_hash !== null) record.output = toOutput(row);
  return record;
}

function toPromised(row: Row): Promised {
  return {
    identity: row.promised_identity as Hex,
    payee: row.payee as Address,
    outputHash: row.promised_hash as Hex,
    commitment: row.commitment as Hex,
  };
}

function toOutput(row: Row): StoredOutput {
  return {
    outputHash: row.output_hash as Hex,
    blobs: JSON.parse(row.blobs as string) as StoredBlob[],
    durationMs: row.duration_ms as number,
    isPublished: row.published === 1,
  };
}
