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
];
