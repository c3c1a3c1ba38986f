import type { DatabaseSync } from 'node:sqlite';
import { createAcceptRows } from './accept-rows.ts';
import { createBatchRows } from './batch-rows.ts';
import { createCollectRows } from './collect-rows.ts';
import { createSettleRows } from './settle-rows.ts';
import { createPrepare, type Prepare } from './statement.ts';

/** Everything that can be asked of the worker; writes run in a transaction, reads need none. */
export function createOperations(db: DatabaseSync, keepRequestBodies: boolean, prepare: Prepare = createPrepare(db)) {
  const accept = createAcceptRows(prepare);
  const collect = createCollectRows(prepare);
  const settle = createSettleRows(prepare, keepRequestBodies);
  const batches = createBatchRows(prepare);
  const ping = (): void => void prepare('SELECT count(*) FROM sqlite_schema').get();
  return {
    reads: { ...accept.reads, ...collect.reads, ...batches.reads, ping },
    writes: { ...accept.writes, ...collect.writes, ...settle.writes, ...batches.writes },
  };
}

export type Operations = ReturnType<typeof createOperations>;
export type Reads = Operations['reads'];
export type Writes = Operations['writes'];
