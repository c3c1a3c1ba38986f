import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  sampleBatch,
  sampleBatchId,
  sampleGroup,
  sampleIdempotency,
  sampleKey,
  sampleLedgerEntry,
  sampleOwnedId,
  sampleRequest,
  sampleSettlement,
  sampleTenant,
} from '@batch-gpt/testing';
import { createOperations } from './operations.ts';
import { migrate } from './schema.ts';
import { createPrepare, type Prepare } from './statement.ts';

const db = new DatabaseSync(':memory:');
const statements = new Set<string>();

/** Calls every operation so that every statement of the library is prepared once. */
function callEverything(): string[] {
  const prepare = createPrepare(db);
  const recording: Prepare = (sql) => {
    statements.add(sql);
    return prepare(sql);
  };
  const { reads, writes } = createOperations(db, 'none', recording);
  const [key, group, id, batch] = [sampleKey(1), sampleGroup(), sampleBatchId(1), sampleBatch(1)];
  const any = { state: null, model: null };
  const end = () => writes.endAccepted([sampleSettlement(key)]);
  const acceptAnew = () => writes.acceptAnew([{ row: sampleRequest(1), doneAt: sampleSettlement(key).outcome.at }]);
  const calls: Record<keyof typeof reads | keyof typeof writes, () => unknown> = {
    insert: () => writes.insert([sampleRequest(1)]),
    lookup: () => [reads.lookup([key]), reads.lookup([key], undefined, sampleTenant)],
    oldestAccepted: () => reads.oldestAccepted(group, 10, null),
    groupsWithAccepted: () => reads.groupsWithAccepted(null, 10),
    claim: () => writes.claim(group, id, [key], 1),
    memberSizes: () => reads.memberSizes(id),
    members: () => reads.members(id, null, 10),
    membersAmong: () => reads.membersAmong(id, [key]),
    memberBodies: () => reads.memberBodies(id, null, 10, 10),
    collectedBatchIds: () => reads.collectedBatchIds(null, 10),
    returnMembers: () => writes.returnMembers(id, [{ key, group, attempt: 0, rounds: 0 }]),
    settle: () => writes.settle(id, [sampleSettlement(key)]),
    endAccepted: end,
    settleLate: () => writes.settleLate(id, [sampleSettlement(key)]),
    acceptAnew,
    claimPrivate: () => writes.claimPrivate(sampleTenant, key, 1),
    markDelivered: () => writes.markDelivered([key]),
    keepUntil: () => writes.keepUntil([key], 1),
    removeExpired: () => [end(), writes.removeExpired(Date.UTC(2200), 10)],
    insertBatch: () => writes.insertBatch(batch),
    getBatch: () => reads.getBatch(id),
    getBatches: () => reads.getBatches([id]),
    moveBatch: () => writes.moveBatch({ id, state: 'forming', epoch: 1 }, { to: 'claimed', at: 1 }),
    beatBatches: () => writes.beatBatches([{ id, epoch: 1 }]),
    takeOverBatch: () => writes.takeOverBatch(id, 1, 'owner', 1),
    releaseBatches: () => writes.releaseBatches([{ id, epoch: 1 }]),
    openBatches: () => reads.openBatches(null, 10),
    cancelBatch: () => writes.cancelBatch(id, 1),
    findBatch: () => reads.findBatch(sampleTenant, 'x'),
    listBatches: () => reads.listBatches(sampleTenant, null, 10),
    endedBatches: () => reads.endedBatches('settled', 1, 10),
    removeBatch: () => writes.removeBatch(id, 'settled'),
    listRequests: () => [null, key].map((after) => reads.listRequests(sampleTenant, any, after, 10)),
    purgeKeys: () => [writes.insert([sampleRequest(1)]), end(), writes.purgeKeys({ keys: [key] }, 10)],
    purgePage: () => [
      [writes.insert([sampleRequest(1)]), end(), acceptAnew(), writes.purgePage({ model: 'x' }, null, 10)],
      writes.purgePage({ tenant: sampleTenant }, null, 10),
    ],
    evictOldest: () => writes.evictOldest(1, 10, 1),
    storedBytes: () => reads.storedBytes(),
    pendingOf: () => {
      writes.insertBatch(sampleBatch(2));
      return reads.pendingOf(sampleTenant, 10);
    },
    billedSince: () => reads.billedSince(sampleTenant, 1),
    settledOf: () => reads.settledOf(sampleTenant, 1, 2),
    addToLedger: () => writes.addToLedger([sampleLedgerEntry()]),
    readLedger: () =>
      [sampleTenant, null].map((tenant) =>
        reads.readLedger({ tenant, fromDay: '2026-01-01', toDay: '2026-01-02' }, 10),
      ),
    removeFromLedger: () => writes.removeFromLedger('2026-01-01', 10),
    requestsKeyedLike: () => reads.requestsKeyedLike('0', null, 10),
    tenantsWithRequests: () => reads.tenantsWithRequests(null, 10),
    requestsAcceptedBefore: () => reads.requestsAcceptedBefore(sampleTenant, { at: 1, id: '' }, 0, 10),
    pendingGroups: () => reads.pendingGroups(10, 10),
    settledSums: () => reads.settledSums(1, 2),
    settledBatches: () => reads.settledBatches({ at: 1, id: '' }, 10),
    acceptAgain: () => writes.acceptAgain(id, [key], 1),
    remember: () => writes.remember(sampleIdempotency(1)),
    forgetExpired: () => writes.forgetExpired(1, 10),
    insertOwned: () => writes.insertOwned([sampleOwnedId(1)]),
    findOwned: () => reads.findOwned(sampleTenant, 'x'),
    ownedAmong: () => reads.ownedAmong(sampleTenant, ['x']),
    foreignAmong: () => reads.foreignAmong(sampleTenant, ['x']),
    cancelOwned: () => writes.cancelOwned(sampleTenant, 'x', 1),
    removeOwned: () => writes.removeOwned(sampleTenant, 'x'),
    removeExpiredOwned: () => writes.removeExpiredOwned(1, 10),
    ping: () => undefined,
  };
  for (const call of Object.values(calls)) call();
  return Object.keys(calls);
}

function planOf(sql: string): string[] {
  return db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map((row) => String(row['detail']));
}

function planContaining(...words: readonly string[]): string {
  const sql = [...statements].find((text) => words.every((word) => text.includes(word)));
  if (sql === undefined) throw new Error(`no statement with ${words.join(', ')}`);
  return planOf(sql).join('\n');
}

beforeAll(() => {
  migrate(db);
  callEverything();
});
afterAll(() => db.close());

describe('query plans', () => {
  // seed S22
  it('never scan or sort', () => {
    expect(statements.size).toBeGreaterThan(25);
    const bad = [...statements].flatMap((sql) =>
      planOf(sql)
        // What a subquery found is counted: its own line says how it was found.
        .filter((detail) => detail !== 'SCAN (subquery-1)')
        .filter((detail) => detail.startsWith('SCAN') || detail.includes('TEMP B-TREE'))
        .map((detail) => ({ sql, detail })),
    );
    expect(bad).toEqual([]);
  });

  it('read listings, purges and what is over from their indexes', () => {
    expect(planContaining('accepted_at DESC')).toContain('requests_listed (tenant=? AND (accepted_at,key)<(?,?))');
    const purge = 'ORDER BY tenant, accepted_at, key';
    expect(planContaining(purge, 'tenant = ?')).toContain('requests_listed (tenant=? AND (accepted_at,key)>(?,?))');
    expect(planContaining(purge, '(tenant, ')).toContain('requests_listed ((tenant,accepted_at,key)>(?,?,?))');
    expect(planContaining('named_until <= ?')).toContain('requests_listed (tenant=? AND accepted_at<?)');
    expect(planContaining('FROM batches', 'updated_at <')).toContain(
      'USING COVERING INDEX batches_ended (state=? AND updated_at<?)',
    );
    expect(planContaining('group_id <', 'count')).toContain(
      'USING COVERING INDEX requests_accepted (group_id>? AND group_id<?)',
    );
    expect(planContaining('SELECT 1', "state = 'collected'")).toContain(
      'COVERING INDEX requests_collected (batch_id=?)',
    );
    expect(planContaining('sizes')).toContain('batches_used (tenant=? AND state=?)');
    expect(planContaining('billed')).toContain('batches_used (tenant=? AND state=? AND updated_at>?)');
    expect(planContaining('sent_again', "'void'")).toContain(
      'batches_ended (state=? AND updated_at>? AND updated_at<?)',
    );
    expect(planContaining('sent_again', 'tenant = ?')).toContain(
      'batches_used (tenant=? AND state=? AND updated_at>? AND updated_at<?)',
    );
    expect(planContaining('SELECT * FROM ledger', 'tenant = ?')).toContain(
      'ledger_of_tenant (tenant=? AND day>? AND day<?)',
    );
    expect(planContaining('ORDER BY day, tenant')).toContain('PRIMARY KEY (day>? AND day<?)');
    expect(planContaining('DELETE FROM ledger')).toContain('PRIMARY KEY (day<?)');
    expect(planContaining('(updated_at, id) <')).toContain('batches_ended (state=? AND (updated_at,id)<(?,?))');
    expect(planContaining('accepted_at >= ?')).toContain(
      'requests_listed (tenant=? AND accepted_at>? AND (accepted_at,key)<(?,?))',
    );
    expect(planContaining('key < ?')).toContain('(key>? AND key<?)');
    expect(planContaining('SELECT tenant FROM')).toContain('USING COVERING INDEX requests_listed (tenant>?)');
    expect(planContaining('SELECT 1', 'group_id = ?')).toContain('COVERING INDEX requests_accepted (group_id=?)');
    expect(planContaining('DELETE FROM idempotency')).toContain('idempotency_expiring (expires_at<?)');
    expect(planContaining('DELETE FROM owned_ids', 'expires_at')).toContain('owned_ids_expiring (expires_at<?)');
  });

  it('read the work of a group, a batch and a sweep from the indexes that hold nothing else', () => {
    expect(planContaining('SELECT key, accepted_at')).toContain(
      'requests_accepted (group_id=? AND (accepted_at,key)>(?,?))',
    );
    expect(planContaining('WHERE base =')).toContain('requests_private (base=?)');
    expect(planContaining('SELECT group_id')).toContain('USING COVERING INDEX requests_accepted (group_id>?)');
    expect(planContaining('SELECT batch_id')).toContain('USING COVERING INDEX requests_collected (batch_id>?)');
    expect(planContaining('JOIN bodies')).toContain('requests_collected (batch_id=? AND key>?)');
    expect(planContaining('expires_at <= ?')).toContain('requests_expiring (expires_at<?)');
    expect(planContaining('SELECT * FROM batches', 'NOT IN')).toContain('batches_open (id>?)');
    expect(planContaining('created_at DESC')).toContain('batches_listed (tenant=? AND (created_at,id)<(?,?))');
    expect(planContaining('provider_batch_id = ?', 'SELECT')).toContain('batches_provider (provider_batch_id=?)');
  });
});
