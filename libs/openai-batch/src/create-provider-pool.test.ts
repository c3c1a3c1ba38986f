import { type Account, createAccounts } from '@batch-gpt/accounts';
import { Secret } from '@batch-gpt/config';
import { accountId } from '@batch-gpt/contracts';
import { silentLogger } from '@batch-gpt/logging';
import { describe, expect, it } from '@jest/globals';
import { createProviderPool } from './create-provider-pool.ts';

const [main, acme] = [accountId.parse('main'), accountId.parse('acme')];
const account = (name: typeof main, key: string | null): Account => ({
  name,
  credentials:
    key === null
      ? null
      : { apiKey: new Secret(key), baseUrl: 'http://127.0.0.1:9/v1', organization: null, project: null },
  tenants: [],
  fallback: false,
  webhookSecret: null,
  creationsPerHour: null,
  enqueuedTokenLimits: new Map(),
});

/** Accounts that a test exchanges as a changed file does. */
const changing = (...first: readonly Account[]) => {
  let current = createAccounts(first);
  return {
    accounts: { byName: (name: typeof main) => current.byName(name) },
    become: (...next: readonly Account[]) => {
      current = createAccounts(next);
    },
  };
};

describe('a pool of providers', () => {
  it('makes one provider for each account that has credentials', async () => {
    const { accounts } = changing(account(main, 'sk-1'), account(acme, 'sk-2'), account(accountId.parse('bare'), null));
    await using pool = createProviderPool({ accounts, logger: silentLogger });
    const provider = pool.providerOf(main);
    expect(provider).not.toBeNull();
    expect(pool.providerOf(main)).toBe(provider);
    expect(pool.providerOf(acme)).not.toBe(provider);
    expect([pool.providerOf(accountId.parse('bare')), pool.providerOf(accountId.parse('none'))]).toEqual([null, null]);
  });

  it('keeps it while the credentials are the same, whatever else of the account changes', async () => {
    const { accounts, become } = changing(account(main, 'sk-1'));
    await using pool = createProviderPool({ accounts, logger: silentLogger });
    const first = pool.providerOf(main);
    become({ ...account(main, 'sk-1'), fallback: true });
    expect(pool.providerOf(main)).toBe(first);
    become(account(main, 'sk-new'));
    const second = pool.providerOf(main);
    expect(second).not.toBe(first);
    become();
    expect(pool.providerOf(main)).toBeNull();
    become(account(main, 'sk-new'));
    expect(pool.providerOf(main)).not.toBeNull();
  });

  it('ends every call when it is disposed of, also those of former credentials', async () => {
    const { accounts, become } = changing(account(main, 'sk-1'));
    const pool = createProviderPool({ accounts, logger: silentLogger });
    const former = pool.providerOf(main);
    become(account(main, 'sk-2'));
    const present = pool.providerOf(main);
    await pool[Symbol.asyncDispose]();
    for (const provider of [former, present]) {
      await expect(provider?.getBatch('b', new AbortController().signal)).rejects.toThrow(/abort|disposed/i);
    }
  });
});
