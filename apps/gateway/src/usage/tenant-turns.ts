import { type TenantId } from '@batch-gpt/contracts';

/** Does a tenant's work when what it asked for before is done, however that ended. */
export type TenantTurns = <T>(tenant: TenantId, work: () => Promise<T>) => Promise<T>;

/** Nobody keeps the store busy with many things at once. */
export function createTenantTurns(): TenantTurns {
  const last = new Map<TenantId, Promise<unknown>>();
  return async (tenant, work) => {
    const before = last.get(tenant) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(tenant, mine);
    try {
      return await mine;
    } finally {
      if (last.get(tenant) === mine) last.delete(tenant);
    }
  };
}
