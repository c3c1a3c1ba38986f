import type { KeepBodies } from '@batch-gpt/domain';
import type { DatabaseSync } from 'node:sqlite';
import { createAcceptRows } from './accept-rows.ts';
import { createBatchRows } from './batch-rows.ts';
import { createCacheRows } from './cache-rows.ts';
import { createCollectRows } from './collect-rows.ts';
import { createFailedRows } from './failed-rows.ts';
import { createIdempotencyRows } from './idempotency-rows.ts';
import { createLedgerRows } from './ledger-rows.ts';
import { createListingRows } from './listing-rows.ts';
import { createOverviewRows } from './overview-rows.ts';
import { createOwnedIdRows } from './owned-id-rows.ts';
import { createSearchRows } from './search-rows.ts';
import { createSettleRows } from './settle-rows.ts';
import { createUsageRows } from './usage-rows.ts';
import { createPrepare, type Prepare } from './statement.ts';

/** Everything that can be asked of the worker; writes run in a transaction, reads need none. */
export function createOperations(
  db: DatabaseSync,
  keepRequestBodies: KeepBodies,
  prepare: Prepare = createPrepare(db),
) {
  const accept = createAcceptRows(prepare);
  const collect = createCollectRows(prepare);
  const settle = createSettleRows(prepare, keepRequestBodies);
  const batches = createBatchRows(prepare);
  const listing = createListingRows(prepare);
  const cache = createCacheRows(prepare);
  const idempotency = createIdempotencyRows(prepare);
  const ownedIds = createOwnedIdRows(prepare);
  const usage = createUsageRows(prepare);
  const search = createSearchRows(prepare);
  const overview = createOverviewRows(prepare);
  const failed = createFailedRows(prepare);
  const ledger = createLedgerRows(prepare);
  const ping = (): void => void prepare('SELECT count(*) FROM sqlite_schema').get();
  return {
    reads: {
      ...accept.reads,
      ...collect.reads,
      ...batches.reads,
      ...listing.reads,
      ...cache.reads,
      ...ownedIds.reads,
      ...usage.reads,
      ...search.reads,
      ...overview.reads,
      ...ledger.reads,
      ping,
    },
    writes: {
      ...accept.writes,
      ...collect.writes,
      ...settle.writes,
      ...batches.writes,
      ...cache.writes,
      ...idempotency.writes,
      ...ownedIds.writes,
      ...failed.writes,
      ...ledger.writes,
    },
  };
}

export type Operations = ReturnType<typeof createOperations>;
export type Reads = Operations['reads'];
export type Writes = Operations['writes'];
