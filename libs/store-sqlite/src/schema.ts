import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '@batch-gpt/errors';

/** The version of the tables below, in the file's `user_version`; an older file is brought up to it when it is opened. */
export const schemaVersion = 4;

/*
 * Bodies have a table of their own, so that a change of state does not write the body again. `id` ties the two.
 * Times are milliseconds since the epoch, flags 0 or 1. `facts` and `outcome` are JSON; outcome bodies are not part of it.
 */
const versionOne = `
  CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    base TEXT,
    retry INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    account TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    group_id TEXT NOT NULL,
    line_bytes INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    inputs INTEGER NOT NULL,
    shareable INTEGER NOT NULL,
    limited INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    rounds INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'accepted' CHECK (state IN ('accepted', 'collected', 'done')),
    batch_id TEXT,
    collected_at INTEGER,
    done_at INTEGER,
    reuse_until INTEGER,
    expires_at INTEGER,
    delivered INTEGER NOT NULL DEFAULT 0,
    outcome TEXT,
    outcome_body TEXT
  ) STRICT;
  CREATE INDEX requests_accepted ON requests (group_id, accepted_at, key) WHERE state = 'accepted';
  CREATE INDEX requests_collected ON requests (batch_id, key) WHERE state = 'collected';
  CREATE INDEX requests_expiring ON requests (expires_at) WHERE state = 'done';
  CREATE INDEX requests_listed ON requests (tenant, accepted_at);
  CREATE INDEX requests_private ON requests (base, accepted_at, key) WHERE base IS NOT NULL;

  CREATE TABLE bodies (
    id INTEGER PRIMARY KEY,
    body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE batches (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    state TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    owner TEXT,
    beat INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    cancel_requested_at INTEGER,
    provider_batch_id TEXT,
    facts TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX batches_open ON batches (id) WHERE state NOT IN ('settled', 'void');
  CREATE INDEX batches_listed ON batches (tenant, created_at, id) WHERE state <> 'void';
  CREATE INDEX batches_provider ON batches (provider_batch_id) WHERE provider_batch_id IS NOT NULL;
`;

// Listings go by key within a millisecond, and eviction passes over young rows without reading them.
const versionTwo = `
  ALTER TABLE requests ADD COLUMN cache_ttl INTEGER;
  DROP INDEX requests_listed;
  CREATE INDEX requests_listed ON requests (tenant, accepted_at, key);
  DROP INDEX requests_expiring;
  CREATE INDEX requests_expiring ON requests (expires_at, done_at) WHERE state = 'done';

  CREATE INDEX batches_ended ON batches (state, updated_at, id) WHERE state IN ('settled', 'void');
  CREATE INDEX batches_used ON batches (tenant, state, updated_at);

  CREATE TABLE idempotency (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    content TEXT NOT NULL,
    key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX idempotency_expiring ON idempotency (expires_at);

  CREATE TABLE owned_ids (
    id TEXT NOT NULL UNIQUE,
    tenant TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('response', 'relayed')),
    account TEXT NOT NULL,
    key TEXT,
    created_at INTEGER NOT NULL,
    cancelled_at INTEGER,
    expires_at INTEGER NOT NULL,
    text TEXT
  ) STRICT;
  CREATE INDEX owned_ids_expiring ON owned_ids (expires_at);
`;

const versionThree = `
  CREATE TABLE ledger (
    day TEXT NOT NULL,
    tenant TEXT NOT NULL,
    model TEXT NOT NULL,
    kind TEXT NOT NULL,
    calls INTEGER NOT NULL,
    input INTEGER NOT NULL,
    cached INTEGER NOT NULL,
    output INTEGER NOT NULL,
    PRIMARY KEY (day, tenant, model, kind)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX ledger_of_tenant ON ledger (tenant, day, model, kind);
`;

// A failure stands beside the shareable success that it does not replace; what asked anew, and what a name stands for.
const versionFour = `
  ALTER TABLE requests ADD COLUMN asks_anew INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE requests ADD COLUMN named_until INTEGER;
  ALTER TABLE requests ADD COLUMN kept_outcome TEXT;
  ALTER TABLE requests ADD COLUMN kept_body TEXT;
  ALTER TABLE requests ADD COLUMN kept_until INTEGER;
`;

const steps: readonly string[] = [versionOne, versionTwo, versionThree, versionFour];

/** Creates or updates the tables. Throws `config_invalid` for a file of a newer version. Safe among many processes. */
export function migrate(db: DatabaseSync, to = schemaVersion): void {
  if (versionOf(db) === to) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    const version = versionOf(db);
    if (version > schemaVersion) throw newerFile(version);
    for (const step of steps.slice(version, to)) db.exec(step);
    db.exec(`PRAGMA user_version = ${to}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
}

function newerFile(version: number): AppError {
  return new AppError(
    'config_invalid',
    `the database file has schema version ${version}, this release knows ${schemaVersion}: it needs a newer release`,
  );
}
