import { type AccountId, type TenantId } from '@batch-gpt/contracts';
import { type Account } from './account.ts';

/** The accounts of a deployment at one moment. */
export interface Accounts {
  readonly all: readonly Account[];
  /** The account that pays for a tenant's new requests; null when none names it and none is the fallback. */
  accountOf(tenant: TenantId): Account | null;
  /** The account of this name; null when it is not configured here (any more). */
  byName(name: AccountId): Account | null;
}

/** Looks accounts up; no name and no tenant may occur twice. */
export function createAccounts(all: readonly Account[]): Accounts {
  const names = new Map(all.map((account) => [account.name, account]));
  const tenants = new Map(all.flatMap((account) => account.tenants.map((tenant) => [tenant, account] as const)));
  const fallback = all.find((account) => account.fallback) ?? null;
  return {
    all,
    accountOf: (tenant) => tenants.get(tenant) ?? fallback,
    byName: (name) => names.get(name) ?? null,
  };
}
