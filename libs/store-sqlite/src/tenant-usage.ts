import type { TenantUsage } from '@batch-gpt/domain';
import type { Database } from './database.ts';

const msPerDay = 86_400_000;

/** The usage port on a database worker. */
export function createTenantUsage({ read }: Pick<Database, 'read'>): TenantUsage {
  return {
    pendingOf: (tenant, atMost) => read('pendingOf', tenant, atMost),
    spendOf: (tenant, sinceDay) => read('billedSince', tenant, Date.parse(sinceDay)),
    settledOf: (tenant, fromDay, toDay) => read('settledOf', tenant, Date.parse(fromDay), Date.parse(toDay) + msPerDay),
  };
}
