import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '@batch-gpt/errors';
import { retryWhileBusy } from './retry-while-busy.ts';
import { migrate } from './schema.ts';

// Milliseconds that SQLite itself waits for a lock.
const firstWait = 5;

/** Opens the file, creating it and its folder if need be, and brings its tables up to date. Blocks its thread. */
export function openFile(path: string, busyTimeout: number): DatabaseSync {
  createFolder(dirname(path));
  // Going over to WAL needs the file alone and does not wait for it by itself.
  return retryWhileBusy(busyTimeout, () => tryOpen(path));
}

function createFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new AppError('store_unavailable', `the folder of the database file cannot be created: ${folder}`, { cause });
  }
}

function tryOpen(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: firstWait });
  try {
    // FULL: a commit is on the disk before it is answered; in WAL mode that is one sync of the log.
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 4000;
      PRAGMA journal_size_limit = 67108864;
      PRAGMA cache_size = -32768;
      PRAGMA temp_store = MEMORY;
    `);
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
