import type { RequestStore } from '@batch-gpt/domain';
import type { mongo } from 'mongoose';
import { createAcceptRows } from './accept-rows.ts';
import { createCollectRows } from './collect-rows.ts';
import type { RequestRow } from './request-row.ts';
import { createSettleRows } from './settle-rows.ts';

/** The request port on the driver's own collection: its texts go through no object mapping. */
export function createRequestStore(rows: mongo.Collection<RequestRow>, keepRequestBodies: boolean): RequestStore {
  return {
    ...createAcceptRows(rows),
    ...createCollectRows(rows),
    ...createSettleRows(rows, keepRequestBodies),
    removeUnreferencedBodies: () => Promise.resolve(0),
  };
}
