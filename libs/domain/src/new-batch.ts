import { parseGroup, type BatchId, type GroupId } from '@batch-gpt/contracts';
import type { BatchRecord } from './batch.ts';

/** The record of a batch that is about to claim its members: nothing is known of it but its group and owner. */
export function newBatch(id: BatchId, groupId: GroupId, owner: string, now: number): BatchRecord {
  const { tenant, account, endpoint, model, split } = parseGroup(groupId);
  return {
    id,
    tenant,
    account,
    endpoint,
    model,
    group: groupId,
    state: 'forming',
    epoch: 1,
    owner,
    beat: 0,
    createdAt: now,
    updatedAt: now,
    sizes: { lines: 0, bytes: 0, tokens: 0, inputs: 0 },
    digest: null,
    inputFileId: null,
    inputFileCreatedAt: null,
    attempt: 0,
    intentAt: null,
    fencedAt: null,
    providerBatchId: null,
    formerProviderBatchIds: [],
    provider: null,
    cancelRequestedAt: null,
    cause: null,
    namedLines: [],
    trouble: null,
    depth: split.length,
    billed: null,
    history: [{ state: 'forming', at: now, note: null }],
  };
}
