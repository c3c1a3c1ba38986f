import type { RequestKey } from '@batch-gpt/contracts';
import type { RequestStore } from '@batch-gpt/domain';
import type { Database } from './database.ts';

/** The request port on a database worker. */
export function createRequestStore({ read, write }: Pick<Database, 'read' | 'write'>): RequestStore {
  return {
    lookup: async (keys, maxBytes, tenant) => {
      const { records, rest } = await read('lookup', keys, maxBytes, tenant);
      return { rows: byKey(records), rest };
    },
    insert: async (rows) => new Set(await write('insert', rows)),
    acceptAnew: async (rows) => new Set(await write('acceptAnew', rows)),
    claimPrivate: (tenant, base, retry) => write('claimPrivate', tenant, base, retry),
    markDelivered: (keys) => write('markDelivered', keys),
    keepUntil: (keys, until) => write('keepUntil', keys, until),
    oldestAccepted: (group, limit, after) => read('oldestAccepted', group, limit, after),
    claim: (group, batchId, keys, at) => write('claim', group, batchId, keys, at),
    memberSizes: (batchId) => read('memberSizes', batchId),
    members: (batchId, after, limit) => read('members', batchId, after, limit),
    membersAmong: async (batchId, keys) => byKey(await read('membersAmong', batchId, keys)),
    memberBodies: (batchId, after, limit, maxBytes) => read('memberBodies', batchId, after, limit, maxBytes),
    settle: async (batchId, settlements) => new Set(await write('settle', batchId, settlements)),
    returnMembers: async (batchId, returns) => new Set(await write('returnMembers', batchId, returns)),
    endAccepted: async (settlements) => new Set(await write('endAccepted', settlements)),
    settleLate: async (batchId, settlements) => new Set(await write('settleLate', batchId, settlements)),
    groupsWithAccepted: (after, limit) => read('groupsWithAccepted', after, limit),
    collectedBatchIds: (after, limit) => read('collectedBatchIds', after, limit),
    removeExpired: (now, limit) => write('removeExpired', now, limit),
    // Texts of any length stand in their row or go with it.
    removeUnreferencedBodies: () => Promise.resolve(0),
  };
}

function byKey<T extends { readonly key: RequestKey }>(rows: readonly T[]): ReadonlyMap<RequestKey, T> {
  return new Map(rows.map((row) => [row.key, row]));
}
