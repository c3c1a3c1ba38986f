import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AccountsSource, Secret } from '@batch-gpt/config';
import { accountId, tenantId } from '@batch-gpt/contracts';
import { type Logger, silentLogger } from '@batch-gpt/logging';
import { watchAccounts, type WatchedAccounts } from './watch-accounts.ts';

let folder: string;
let logged: { readonly level: string; readonly message: string; readonly facts: object | undefined }[];
let logger: Logger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'batch-gpt-accounts-'));
  logged = [];
  const log = (level: string) => (message: string, facts?: object) => void logged.push({ level, message, facts });
  logger = { ...silentLogger, info: log('info'), warn: log('warn'), error: log('error') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const source = (given: Partial<AccountsSource> = {}): AccountsSource => ({
  single: { name: 'default', apiKey: null, baseUrl: 'https://api.openai.com/v1' },
  file: join(folder, 'accounts.json'),
  // Looked at by hand.
  reloadEvery: 3_600_000,
  keys: 'required',
  ...given,
});
const account = (name: string, tenants: readonly string[] = [name]) => ({ name, apiKey: `sk-${name}`, tenants });
const write = (...accounts: readonly object[]) =>
  writeFileSync(join(folder, 'accounts.json'), JSON.stringify({ accounts }));
const payer = (accounts: WatchedAccounts, tenant: string) => accounts.accountOf(tenantId.parse(tenant))?.name ?? null;
const keyOf = (accounts: WatchedAccounts, name: string) =>
  accounts.byName(accountId.parse(name))?.credentials?.apiKey.reveal() ?? null;

describe('watched accounts', () => {
  it('follow the file, and say what changed but no key', async () => {
    write(account('a'), account('b'));
    await using accounts = await watchAccounts(source(), logger);
    expect(payer(accounts, 'b')).toBe('b');
    write({ ...account('a'), apiKey: 'sk-a2' }, account('c', ['b']));
    await accounts.reload();
    expect([payer(accounts, 'b'), keyOf(accounts, 'a'), keyOf(accounts, 'b')]).toEqual(['c', 'sk-a2', null]);
    expect(logged).toEqual([
      {
        level: 'info',
        message: 'accounts read again',
        facts: { accounts: 2, added: ['c'], removed: ['b'], newCredentials: ['a'] },
      },
    ]);
    await accounts.reload();
    expect(logged).toHaveLength(1);
  });

  it('warn when an account leads elsewhere: what its batches are is not seen from there', async () => {
    write(account('a'), account('b'));
    await using accounts = await watchAccounts(source(), logger);
    write({ ...account('a'), project: 'proj_2' }, { ...account('b'), apiKey: 'sk-b2' });
    await accounts.reload();
    expect(logged.filter(({ level }) => level === 'warn').map(({ facts }) => facts)).toEqual([{ accounts: ['a'] }]);
  });

  it('stay as they were while the content is bad or gone, which is said once', async () => {
    write(account('a'));
    await using accounts = await watchAccounts(source(), logger);
    writeFileSync(join(folder, 'accounts.json'), '{"accounts": [{"name": "a", "apiKey": "sk-half');
    for (let look = 0; look < 3; look += 1) await accounts.reload();
    expect(keyOf(accounts, 'a')).toBe('sk-a');
    expect(logged.map(({ level }) => level)).toEqual(['error']);
    rmSync(join(folder, 'accounts.json'));
    for (let look = 0; look < 3; look += 1) await accounts.reload();
    expect(keyOf(accounts, 'a')).toBe('sk-a');
    write(account('a'));
    await accounts.reload();
    expect(logged.map(({ level }) => level)).toEqual(['error', 'error', 'info']);
    expect(JSON.stringify(logged)).not.toContain('sk-');
  });

  it('see a folder that is swapped by its link, and key files that change alone', async () => {
    const mount = (version: string, key: string) => {
      mkdirSync(join(folder, version));
      writeFileSync(
        join(folder, version, 'accounts.json'),
        JSON.stringify({ accounts: [{ name: 'a', apiKeyFile: 'k' }] }),
      );
      writeFileSync(join(folder, version, 'k'), key);
      symlinkSync(version, join(folder, 'next'));
      renameSync(join(folder, 'next'), join(folder, 'current'));
    };
    mount('v1', 'sk-1');
    await using accounts = await watchAccounts(source({ file: join(folder, 'current/accounts.json') }), logger);
    expect(keyOf(accounts, 'a')).toBe('sk-1');
    mount('v2', 'sk-2');
    await accounts.reload();
    expect(keyOf(accounts, 'a')).toBe('sk-2');
    writeFileSync(join(folder, 'v2/k'), 'sk-3');
    await accounts.reload();
    expect(keyOf(accounts, 'a')).toBe('sk-3');
  });

  it('are looked at by themselves', async () => {
    write(account('a'));
    await using accounts = await watchAccounts(source({ reloadEvery: 1 }), logger);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    logger.info = () => resolve(undefined);
    write(account('b'));
    await promise;
    // A look may have fallen into the middle of the write; the last one sees it whole.
    await accounts.reload();
    expect(keyOf(accounts, 'b')).toBe('sk-b');
  });

  it('warn when the file hides the account of the variables', async () => {
    write(account('default'));
    const single = { name: 'default', apiKey: new Secret('sk-v'), baseUrl: 'https://api.openai.com/v1' };
    await using accounts = await watchAccounts(source({ single }), logger);
    expect(accounts.all).toHaveLength(1);
    expect(logged.map(({ level, facts }) => ({ level, facts }))).toEqual([
      { level: 'warn', facts: { account: 'default' } },
    ]);
  });
});
