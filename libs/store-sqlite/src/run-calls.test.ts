import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import { runReads, runWrites, type RunCall } from './run-calls.ts';
import type { Call } from './wire.ts';

const call = (id: number, sql: string): Call => ({ id, kind: 'writes', name: sql, args: [] });

function openTable(extra = ''): { db: DatabaseSync; run: RunCall; rows: () => unknown } {
  const db = new DatabaseSync(':memory:');
  db.exec(`CREATE TABLE t (a UNIQUE); ${extra}`);
  const run: RunCall = ({ name }) => db.prepare(name).run().changes;
  return { db, run, rows: () => db.prepare('SELECT count(*) AS n FROM t').get()?.['n'] };
}

describe('runWrites', () => {
  it('rolls back a call that fails half way, and only that', () => {
    const { db, rows } = openTable();
    const run: RunCall = ({ name }) => name.split(';').map((sql) => db.prepare(sql).run().changes);
    const replies = runWrites(db, 0, run, [
      call(1, 'INSERT INTO t VALUES (1)'),
      call(2, 'INSERT INTO t VALUES (2);INSERT INTO t VALUES (1)'),
      call(3, 'INSERT INTO t VALUES (3)'),
    ]);
    expect(replies).toMatchObject([
      { id: 1, value: [1] },
      { id: 2, error: { code: 'internal_error' } },
      { id: 3, value: [1] },
    ]);
    expect(rows()).toBe(2);
  });

  it('fails every call when the database gives up the transaction', () => {
    const { db, run, rows } = openTable();
    const replies = runWrites(db, 0, run, [
      call(1, 'INSERT INTO t VALUES (1)'),
      call(2, 'INSERT OR ROLLBACK INTO t VALUES (1)'),
      call(3, 'INSERT INTO t VALUES (3)'),
    ]);
    expect(replies.map((reply) => 'error' in reply)).toEqual([true, true, true]);
    expect(rows()).toBe(0);
    expect(runWrites(db, 0, run, [call(4, 'INSERT INTO t VALUES (4)')])).toEqual([{ id: 4, value: 1 }]);
  });

  it('says store_unavailable when the disk is full, and works again when it is not', () => {
    const { db, run, rows } = openTable('PRAGMA max_page_count = 4');
    const big = 'INSERT INTO t VALUES (zeroblob(100000))';
    expect(runWrites(db, 0, run, [call(1, big)])).toMatchObject([{ id: 1, error: { code: 'store_unavailable' } }]);
    expect(rows()).toBe(0);
    db.exec('PRAGMA max_page_count = 4000');
    expect(runWrites(db, 0, run, [call(2, big)])).toEqual([{ id: 2, value: 1 }]);
  });

  it('says store_unavailable when the database is closed', () => {
    const { db, run } = openTable();
    db.close();
    const error = { code: 'store_unavailable' };
    expect(runWrites(db, 0, run, [call(1, 'SELECT 1'), call(2, 'SELECT 1')])).toMatchObject([{ error }, { error }]);
    expect(runReads(0, run, [call(3, 'SELECT 1')])).toMatchObject([{ id: 3, error }]);
  });
});
