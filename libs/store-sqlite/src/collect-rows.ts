import type { BatchId, GroupId, LineSizes, RequestKey } from '@batch-gpt/contracts';
import type { Candidate, Member, MemberBody } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { integer, text } from './column.ts';
import { memberColumns, toCandidate, toMember } from './request-row.ts';
import { changedItems, type Prepare } from './statement.ts';

const maxClaim = 1000;
const ofBatch = `state = 'collected' AND batch_id = ?`;

/** How rows of `requests` get into a batch, and what it has of them: the worker's side of the port. */
export function createCollectRows(prepare: Prepare) {
  const reads = {
    oldestAccepted: (group: GroupId, limit: number, after: Candidate | null): Candidate[] => {
      const select = prepare(`
        SELECT key, accepted_at, line_bytes, tokens, inputs FROM requests
        WHERE state = 'accepted' AND group_id = ? AND (accepted_at, key) > (?, ?)
        ORDER BY accepted_at, key LIMIT ?`);
      const from = after ?? { acceptedAt: Number.MIN_SAFE_INTEGER, key: '' };
      return select.all(group, from.acceptedAt, from.key, limit).map(toCandidate);
    },

    memberSizes: (batchId: BatchId): LineSizes => {
      const select = prepare(`
        SELECT count(*) AS lines, coalesce(sum(line_bytes), 0) AS bytes, coalesce(sum(tokens), 0) AS tokens,
          coalesce(sum(inputs), 0) AS inputs
        FROM requests WHERE ${ofBatch}`);
      const sums = select.get(batchId) ?? {};
      return {
        lines: integer(sums, 'lines'),
        bytes: integer(sums, 'bytes'),
        tokens: integer(sums, 'tokens'),
        inputs: integer(sums, 'inputs'),
      };
    },

    members: (batchId: BatchId, after: RequestKey | null, limit: number): Member[] => {
      const select = prepare(`SELECT ${memberColumns} FROM requests WHERE ${ofBatch} AND key > ? ORDER BY key LIMIT ?`);
      return select.all(batchId, after ?? '', limit).map(toMember);
    },

    membersAmong: (batchId: BatchId, keys: readonly RequestKey[]): Member[] => {
      const select = prepare(`SELECT ${memberColumns} FROM requests WHERE ${ofBatch} AND key = ?`);
      return keys.flatMap((key) => {
        const row = select.get(batchId, key);
        return row ? [toMember(row)] : [];
      });
    },

    memberBodies: (batchId: BatchId, after: RequestKey | null, limit: number, maxBytes: number): MemberBody[] => {
      const select = prepare(`
        SELECT key, body FROM requests JOIN bodies USING (id)
        WHERE ${ofBatch} AND key > ? ORDER BY key LIMIT ?`);
      const page: MemberBody[] = [];
      let bytes = 0;
      for (const row of select.iterate(batchId, after ?? '', limit)) {
        const body = text(row, 'body');
        bytes += Buffer.byteLength(body);
        if (page.length > 0 && bytes > maxBytes) break;
        page.push({ key: text(row, 'key') as RequestKey, body });
      }
      return page;
    },

    // Both seek from one distinct value to the next instead of reading every row of each.
    groupsWithAccepted: (after: GroupId | null, limit: number): { group: GroupId; oldestAcceptedAt: number }[] => {
      const select = prepare(`
        SELECT group_id, accepted_at FROM requests WHERE state = 'accepted' AND group_id > ?
        ORDER BY group_id, accepted_at LIMIT 1`);
      return seek(
        after,
        limit,
        (last: GroupId | null) => {
          const row = select.get(last ?? '');
          return row && { group: text(row, 'group_id') as GroupId, oldestAcceptedAt: integer(row, 'accepted_at') };
        },
        ({ group }) => group,
      );
    },

    collectedBatchIds: (after: BatchId | null, limit: number): BatchId[] => {
      const select = prepare(`
        SELECT batch_id FROM requests WHERE state = 'collected' AND batch_id > ? ORDER BY batch_id LIMIT 1`);
      return seek(
        after,
        limit,
        (last: BatchId | null) => {
          const row = select.get(last ?? '');
          return row && (text(row, 'batch_id') as BatchId);
        },
        (id) => id,
      );
    },
  };

  const writes = {
    claim: (group: GroupId, batchId: BatchId, keys: readonly RequestKey[], at: number): number => {
      if (keys.length > maxClaim) throw new AppError('internal_error', `a claim takes at most ${maxClaim} keys`);
      const update = prepare(`
        UPDATE requests SET state = 'collected', batch_id = ?, collected_at = ?
        WHERE key = ? AND state = 'accepted' AND group_id = ?`);
      return changedItems(update, keys, (key) => [batchId, at, key, group]).length;
    },
  };

  return { reads, writes };
}

function seek<T, P>(
  after: P | null,
  limit: number,
  next: (after: P | null) => T | undefined,
  positionOf: (item: T) => P,
) {
  const items: T[] = [];
  let position = after;
  while (items.length < limit) {
    const item = next(position);
    if (item === undefined) break;
    items.push(item);
    position = positionOf(item);
  }
  return items;
}
