import { type Account } from '@batch-gpt/accounts';
import { Secret } from '@batch-gpt/config';
import { accountId, tenantId } from '@batch-gpt/contracts';

/** What a provider's key looks like, to be searched for where none may be. */
export const sampleProviderKey = 'sk-the-key-of-the-account';

/** An account at a provider with this base URL, for every tenant unless some are named; without a URL one that cannot be called. */
export function sampleProviderAccount(
  baseUrl: string | null,
  { name = 'default', tenants = [], key = sampleProviderKey }: { name?: string; tenants?: string[]; key?: string } = {},
): Account {
  return {
    name: accountId.parse(name),
    credentials:
      baseUrl === null ? null : { apiKey: new Secret(key), baseUrl, organization: 'org-ours', project: 'proj_ours' },
    tenants: tenants.map((tenant) => tenantId.parse(tenant)),
    fallback: tenants.length === 0,
    webhookSecret: null,
    creationsPerHour: null,
    enqueuedTokenLimits: new Map(),
  };
}
