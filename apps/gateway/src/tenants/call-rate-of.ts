import { type CallRate } from '@batch-gpt/domain';
import { type Caller } from '../tenant-of.ts';

/** The rate that a caller's key is held to; null: none of its own. */
export function keyRateOf({ tenant, keyName, settings }: Caller): CallRate | null {
  return rate(`${tenant}:${keyName ?? ''}`, settings.limits.key.requestsPerMinute);
}

/** The rate that all keys of a caller's tenant are held to together. */
export const tenantRateOf = ({ tenant, settings }: Caller): CallRate | null =>
  rate(tenant, settings.limits.tenant.requestsPerMinute);

const rate = (name: string, perMinute: number | null): CallRate | null =>
  perMinute === null ? null : { name, perMinute };
