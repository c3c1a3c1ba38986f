import type { TenantId } from '@batch-gpt/contracts';
import { checkOwnedIds, checkOwnedLookup, type OwnedId, type OwnedIdStore } from '@batch-gpt/domain';
import type { RunCall } from './run-call.ts';

/** The port of owned ids in memory. */
export function createMemoryOwnedIdStore(run: RunCall): OwnedIdStore {
  const owned = new Map<string, OwnedId>();
  const find = (tenant: TenantId, id: string): OwnedId | null => {
    const known = owned.get(id);
    return known?.tenant === tenant ? known : null;
  };

  return {
    insert: (ids) =>
      run(() => {
        checkOwnedIds(ids);
        for (const id of ids) if (!owned.has(id.id)) owned.set(id.id, id);
      }),

    find: (tenant, id) => run(() => find(tenant, id)),

    ownedAmong: (tenant, ids) =>
      run(() => {
        checkOwnedLookup(ids);
        return new Set(ids.filter((id) => find(tenant, id) !== null));
      }),

    foreignAmong: (tenant, ids) =>
      run(() => {
        checkOwnedLookup(ids);
        return new Set(ids.filter((id) => owned.has(id) && find(tenant, id) === null));
      }),

    cancel: (tenant, id, at) =>
      run(() => {
        const known = find(tenant, id);
        const cancelled = known && { ...known, cancelledAt: known.cancelledAt ?? at };
        if (cancelled) owned.set(id, cancelled);
        return cancelled;
      }),

    remove: (tenant, id) => run(() => (find(tenant, id) === null ? false : owned.delete(id))),

    removeExpired: (now, limit) =>
      run(() => {
        const expired = [...owned.values()].filter(({ expiresAt }) => expiresAt <= now).slice(0, Math.max(limit, 0));
        for (const { id } of expired) owned.delete(id);
        return expired.length;
      }),
  };
}
