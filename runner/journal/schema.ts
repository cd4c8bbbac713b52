/** The journal's schema, one migration a version: `user_version` counts those that were applied. Never edit one; add one. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE owner (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE cursor (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), block_number INTEGER NOT NULL, block_hash TEXT NOT NULL) STRICT;
  CREATE TABLE tasks (
    task_id TEXT PRIMARY KEY,
    submitter TEXT NOT NULL,
    terms_hash TEXT NOT NULL,
    terms TEXT NOT NULL,
    location TEXT NOT NULL,
    block_number INTEGER NOT NULL,
    identity TEXT,
    proof TEXT,
    failure TEXT,
    done_why TEXT,
    done_at_block INTEGER
  ) STRICT;
  CREATE INDEX tasks_in_play ON tasks (task_id) WHERE done_why IS NULL;
  CREATE TABLE outputs (
    task_id TEXT PRIMARY KEY REFERENCES tasks,
    output_hash TEXT NOT NULL,
    blobs TEXT NOT NULL,
    duration_ms INTEGER NOT NULL,
    published INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE promises (
    task_id TEXT PRIMARY KEY REFERENCES tasks,
    identity TEXT NOT NULL,
    payee TEXT NOT NULL,
    output_hash TEXT NOT NULL,
    commitment TEXT NOT NULL
  ) STRICT;
  CREATE TABLE transactions (
    hash TEXT PRIMARY KEY,
    task_id TEXT NOT NULL,
    verb TEXT NOT NULL,
    nonce INTEGER NOT NULL,
    raw TEXT NOT NULL,
    outcome TEXT
  ) STRICT;
  CREATE INDEX transactions_unsettled ON transactions (task_id, verb) WHERE outcome IS NULL;
  CREATE TABLE images (image_id TEXT PRIMARY KEY, loaded_at INTEGER NOT NULL) STRICT;
  CREATE TABLE notes (number INTEGER PRIMARY KEY, task_id TEXT NOT NULL, at INTEGER NOT NULL, sentence TEXT NOT NULL, fields TEXT NOT NULL) STRICT;
  CREATE INDEX notes_of_task ON notes (task_id);
  `,
  // Version 2: one transaction may take many steps; what was paid and earned; which images were checked; when each was last used.
  `
  ALTER TABLE tasks ADD COLUMN done_at INTEGER;
  UPDATE tasks SET done_at = unixepoch() * 1000 WHERE done_why IS NOT NULL;
  CREATE TABLE transaction_steps (
    hash TEXT NOT NULL,
    task_id TEXT NOT NULL,
    verb TEXT NOT NULL,
    deadline INTEGER,
    PRIMARY KEY (hash, task_id, verb)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO transaction_steps SELECT hash, task_id, verb, NULL FROM transactions;
  CREATE INDEX transaction_steps_of_task ON transaction_steps (task_id, verb);
  DROP INDEX transactions_unsettled;
  ALTER TABLE transactions DROP COLUMN task_id;
  ALTER TABLE transactions DROP COLUMN verb;
  ALTER TABLE transactions ADD COLUMN fee_wei TEXT;
  ALTER TABLE transactions ADD COLUMN settled_at INTEGER;
  CREATE INDEX transactions_unsettled ON transactions (nonce) WHERE outcome IS NULL;
  CREATE INDEX transactions_settled ON transactions (settled_at);
  CREATE TABLE payouts (
    task_id TEXT PRIMARY KEY,
    share_wei TEXT NOT NULL,
    bond_wei TEXT NOT NULL,
    block_number INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX payouts_at ON payouts (at);
  CREATE TABLE self_checks (subject TEXT PRIMARY KEY, outcome TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  ALTER TABLE images ADD COLUMN archive TEXT;
  ALTER TABLE images ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE images ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;
  `,
];
