import type { BatchId, TenantId } from '@batch-gpt/contracts';
import { applyMove, isLegalMove, type BatchExpectation, type BatchMove, type BatchRecord } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { batchColumns, batchValues, toBatchRecord } from './batch-row.ts';
import { text, type Row } from './column.ts';
import { assignments, atLeastNone, changedItems, insertInto, type Prepare } from './statement.ts';

/** A batch as its owner knows it. */
export interface Held {
  readonly id: BatchId;
  readonly epoch: number;
}

const isOpen = `state NOT IN ('settled', 'void')`;

/** The worker's side of the batch port. */
export function createBatchRows(prepare: Prepare) {
  const find = (id: BatchId): BatchRecord | null => firstOf(prepare('SELECT * FROM batches WHERE id = ?').all(id));

  const reads = {
    getBatch: find,

    getBatches: (ids: readonly BatchId[]): BatchRecord[] => ids.map(find).filter((record) => record !== null),

    openBatches: (after: BatchId | null, limit: number): BatchRecord[] =>
      prepare(`SELECT * FROM batches WHERE ${isOpen} AND id > ? ORDER BY id LIMIT ?`)
        .all(after ?? '', limit)
        .map(toBatchRecord),

    findBatch: (tenant: TenantId, text: string): BatchRecord | null =>
      firstOf(prepare('SELECT * FROM batches WHERE id = ? AND tenant = ?').all(text, tenant)) ??
      // The plus keeps the planner from going through all batches of the tenant.
      firstOf(prepare('SELECT * FROM batches WHERE provider_batch_id = ? AND +tenant = ? LIMIT 1').all(text, tenant)),

    listBatches: (tenant: TenantId, after: BatchId | null, limit: number): BatchRecord[] => {
      const last = after === null ? null : find(after);
      if (after !== null && last?.tenant !== tenant) return [];
      const select = prepare(`
        SELECT * FROM batches WHERE state <> 'void' AND tenant = ? AND (created_at, id) < (?, ?)
        ORDER BY created_at DESC, id DESC LIMIT ?`);
      const { createdAt, id } = last ?? { createdAt: Number.MAX_SAFE_INTEGER, id: '' };
      return select.all(tenant, createdAt, id, limit).map(toBatchRecord);
    },

    endedBatches: (state: 'settled' | 'void', before: number, limit: number): BatchId[] =>
      // Spelled out, so that the planner sees that the partial index holds them.
      prepare(`
        SELECT id FROM batches WHERE state IN ('settled', 'void') AND state = ? AND updated_at < ?
        ORDER BY updated_at, id LIMIT ?`)
        .all(state, before, atLeastNone(limit))
        .map((row) => text(row, 'id') as BatchId),
  };

  const writes = {
    insertBatch: (record: BatchRecord): void => {
      const insert = prepare(`${insertInto('batches', ['id', ...batchColumns])} ON CONFLICT (id) DO NOTHING`);
      const { changes } = insert.run(record.id, ...batchValues(record));
      if (changes === 0) throw new AppError('internal_error', 'a batch of this id exists');
    },

    moveBatch: (expected: BatchExpectation, move: BatchMove): BatchRecord | null => {
      if (!isLegalMove(expected.state, move.to)) {
        throw new AppError('internal_error', `illegal move of a batch: ${expected.state} to ${move.to}`);
      }
      // The write transaction that this runs in makes reading, comparing and writing one step.
      const record = find(expected.id);
      if (record?.state !== expected.state || record.epoch !== expected.epoch) return null;
      if (record.attempt !== (expected.attempt ?? record.attempt)) return null;
      const moved = applyMove(record, move);
      const update = prepare(`UPDATE batches SET ${assignments(batchColumns)} WHERE id = ?`);
      update.run(...batchValues(moved), moved.id);
      return moved;
    },

    beatBatches: (held: readonly Held[]): BatchId[] => {
      const update = prepare('UPDATE batches SET beat = beat + 1 WHERE id = ? AND epoch = ? AND owner IS NOT NULL');
      const kept = new Set(changedItems(update, held, ({ id, epoch }) => [id, epoch]));
      return held.filter((batch) => !kept.has(batch)).map(({ id }) => id);
    },

    takeOverBatch: (id: BatchId, epoch: number, owner: string, at: number): BatchRecord | null =>
      firstOf(
        prepare(`
          UPDATE batches SET owner = ?, epoch = epoch + 1, updated_at = ? WHERE id = ? AND epoch = ? RETURNING *`).all(
          owner,
          at,
          id,
          epoch,
        ),
      ),

    releaseBatches: (held: readonly Held[]): void => {
      const update = prepare('UPDATE batches SET owner = NULL WHERE id = ? AND epoch = ?');
      for (const { id, epoch } of held) update.run(id, epoch);
    },

    cancelBatch: (id: BatchId, at: number): BatchRecord | null => {
      prepare(`
        UPDATE batches SET cancel_requested_at = ? WHERE id = ? AND ${isOpen} AND cancel_requested_at IS NULL`).run(
        at,
        id,
      );
      return find(id);
    },

    removeBatch: (id: BatchId, state: 'settled' | 'void'): boolean =>
      prepare('DELETE FROM batches WHERE id = ? AND state = ?').run(id, state).changes > 0,
  };

  return { reads, writes };
}

function firstOf(rows: readonly Row[]): BatchRecord | null {
  const row = rows[0];
  return row ? toBatchRecord(row) : null;
}
