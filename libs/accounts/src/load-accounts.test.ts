import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AccountsSource, Secret } from '@batch-gpt/config';
import { accountId, tenantId } from '@batch-gpt/contracts';
import { AppError } from '@batch-gpt/errors';
import { loadAccounts } from './load-accounts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'batch-gpt-accounts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const single = { name: 'default', apiKey: null, baseUrl: 'https://api.openai.com/v1' };
const source = (given: Partial<AccountsSource> = {}): AccountsSource => ({
  single,
  file: join(folder, 'accounts.json'),
  reloadEvery: 1000,
  keys: 'required',
  ...given,
});
const withKey = { ...single, apiKey: new Secret('sk-variable') };
const load = (file: unknown, given: Partial<AccountsSource> = {}) => {
  write('accounts.json', typeof file === 'string' ? file : JSON.stringify(file));
  return loadAccounts(source(given));
};
const payerOf = (accounts: Awaited<ReturnType<typeof load>>, tenant: string) =>
  accounts.accountOf(tenantId.parse(tenant))?.name ?? null;
const keyOf = (accounts: Awaited<ReturnType<typeof load>>, name: string) =>
  accounts.byName(accountId.parse(name))?.credentials?.apiKey.reveal() ?? null;

async function problemsOf(file: unknown, given: Partial<AccountsSource> = {}): Promise<readonly string[]> {
  const error: unknown = await load(file, given).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!AppError.is(error, 'config_invalid')) throw new Error('the accounts were accepted');
  expect(error.message).not.toContain('sk-');
  expect(JSON.stringify(error.details)).not.toContain('sk-');
  return (error.details['problems'] as string[]).map((line) => line.replace('OPENAI_ACCOUNTS_FILE: ', ''));
}

describe('without a file', () => {
  it('the variables are the one account, for every tenant', async () => {
    const accounts = await loadAccounts(source({ single: withKey, file: null }));
    expect(payerOf(accounts, 'anybody')).toBe('default');
    expect(keyOf(accounts, 'default')).toBe('sk-variable');
    expect(accounts.byName(accountId.parse('other'))).toBeNull();
  });

  it('an account without a key is still the one that pays, where keys are not needed', async () => {
    const accounts = await loadAccounts(source({ file: null, keys: 'optional' }));
    expect(payerOf(accounts, 'anybody')).toBe('default');
    expect(accounts.all[0]?.credentials).toBeNull();
  });
});

describe('an accounts file', () => {
  it('says who pays for whom, and everything else of an account', async () => {
    write('key', 'sk-from-file\n');
    const accounts = await load({
      accounts: [
        { name: 'main', apiKey: 'sk-main', fallback: true },
        {
          name: 'acme',
          apiKeyFile: 'key',
          baseUrl: 'https://eu.api.openai.com/v1/',
          organization: 'org-1',
          project: 'proj_1',
          tenants: ['acme', 'acme-test'],
          webhookSecret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
          creationsPerHour: 500,
          enqueuedTokenLimits: { 'gpt-4o-mini': 2_000_000 },
        },
      ],
    });
    expect(['acme', 'acme-test', 'somebody'].map((tenant) => payerOf(accounts, tenant))).toEqual([
      'acme',
      'acme',
      'main',
    ]);
    expect(keyOf(accounts, 'acme')).toBe('sk-from-file');
    expect(accounts.byName(accountId.parse('acme'))).toMatchObject({
      credentials: { baseUrl: 'https://eu.api.openai.com/v1', organization: 'org-1', project: 'proj_1' },
      creationsPerHour: 500,
      enqueuedTokenLimits: new Map([['gpt-4o-mini', 2_000_000]]),
    });
  });

  it('leaves a tenant of nobody without an account when none is the fallback', async () => {
    const accounts = await load({ accounts: [{ name: 'a', apiKey: 'sk-a', tenants: ['t'] }] });
    expect([payerOf(accounts, 't'), payerOf(accounts, 'other')]).toEqual(['a', null]);
  });

  it('makes the only account without tenants the fallback', async () => {
    expect(payerOf(await load({ accounts: [{ name: 'a', apiKey: 'sk-a' }] }), 'any')).toBe('a');
  });

  it('is joined by the account of the variables, which then is the fallback unless the file has one', async () => {
    const joined = await load({ accounts: [{ name: 'a', apiKey: 'sk-a', tenants: ['t'] }] }, { single: withKey });
    expect([payerOf(joined, 't'), payerOf(joined, 'other')]).toEqual(['a', 'default']);
    const own = await load({ accounts: [{ name: 'a', apiKey: 'sk-a', fallback: true }] }, { single: withKey });
    expect([payerOf(own, 'other'), keyOf(own, 'default')]).toEqual(['a', 'sk-variable']);
  });

  it('goes before the variables where it has their account', async () => {
    const accounts = await load({ accounts: [{ name: 'default', apiKey: 'sk-file' }] }, { single: withKey });
    expect([keyOf(accounts, 'default'), accounts.all.length]).toEqual(['sk-file', 1]);
  });

  it('may come without key files where keys are not needed', async () => {
    const file = {
      accounts: [
        { name: 'a', apiKeyFile: 'not-mounted', tenants: ['t'] },
        { name: 'b', fallback: true },
      ],
    };
    const accounts = await load(file, { keys: 'optional' });
    expect(accounts.all.map(({ credentials }) => credentials)).toEqual([null, null]);
  });
});

describe('a wrong accounts file', () => {
  it('is refused with every problem and its path, and never a value', async () => {
    const file = {
      accounts: [
        { name: 'a b', apiKey: 'sk-with space', baseUrl: 'ftp://sk-host', tenants: ['ok', 'sk no'] },
        { apiKey: 7, 'sk-field': 1, organisation: 'x', enqueuedTokenLimits: { 'sk-model': 0 } },
        'sk-text',
      ],
    };
    expect(await problemsOf(file)).toEqual([
      'accounts.0.name: must be letters, digits, _ and - only, at most 64',
      'accounts.0.apiKey: must be ASCII without spaces, at most 1024 characters',
      'accounts.0.baseUrl: must be a URL that starts with https:// or http://',
      'accounts.0.tenants.1: must be letters, digits, _ and - only, at most 64',
      'accounts.1.name: is required',
      'accounts.1.apiKey: must be a text',
      'accounts.1.enqueuedTokenLimits.(not shown): must be 1 or more',
      'accounts.1: has fields that are not known: (not shown), organisation',
      'accounts.2: must be an object',
    ]);
  });

  it('is refused when accounts get in each other’s way', async () => {
    const file = {
      accounts: [
        { name: 'a', apiKey: 'sk-a', tenants: ['t', 'u'], fallback: true },
        { name: 'b', apiKey: 'sk-b', tenants: ['v', 't', 'v'], fallback: true },
        { name: 'a', apiKey: 'sk-c' },
      ],
    };
    expect(await problemsOf(file)).toEqual([
      'accounts.1.tenants.1: is a tenant of accounts.0, too',
      'accounts.1.tenants.2: is a tenant of accounts.1, too',
      'accounts.2.name: is the name of accounts.0, too',
      'accounts.1.fallback: accounts.0 is the fallback, too',
    ]);
    const nobody = {
      accounts: [
        { name: 'a', apiKey: 'sk-a' },
        { name: 'b', apiKey: 'sk-b' },
      ],
    };
    expect(await problemsOf(nobody)).toEqual([
      'accounts: no account has tenants or is the fallback, so nobody could use any',
    ]);
  });

  it('is refused when a key is missing, doubled or unreadable', async () => {
    write('long', 'sk-1\nsk-2');
    const file = {
      accounts: [
        { name: 'a', fallback: true },
        { name: 'b', apiKey: 'sk-b', apiKeyFile: 'x' },
        { name: 'c', apiKeyFile: 'sk-missing' },
        { name: 'd', apiKeyFile: 'long' },
        { name: 'e', apiKeyFile: '.' },
        { name: 'f', apiKey: 'sk-f', webhookSecret: 'whsec_short' },
      ],
    };
    expect(await problemsOf(file)).toEqual([
      'accounts.0.apiKey: is required (or apiKeyFile)',
      'accounts.1.apiKey: is set together with apiKeyFile, use one of them',
      'accounts.2.apiKeyFile: the file cannot be read (ENOENT)',
      'accounts.3.apiKeyFile: the file must hold one line of ASCII without spaces',
      'accounts.4.apiKeyFile: the file is not a file',
      'accounts.5.webhookSecret: must be the whole secret of the webhook endpoint: whsec_ and a key in base64',
    ]);
  });

  it.each([
    ['{"accounts": [{"name": "a",\n "apiKey": "sk-1" "x"}]}', /^the file is not JSON from line 2, column 1\d$/],
    ['{"accounts": [{"apiKey": "sk-1', /^the file is not JSON/],
    ['sk-1', /^the file is not JSON/],
    ['[]', /^must be an object$/],
    ['{}', /^accounts: is required$/],
    ['{"accounts": []}', /^accounts: must name an account$/],
    ['{"accounts": [], "sk-1": 1}', /not known: \(not shown\)/],
    [`"${' '.repeat(5_000_000)}"`, /^the file is larger than/],
  ])('is refused without showing it: %#', async (text, problem) => {
    expect((await problemsOf(text)).join('\n')).toMatch(new RegExp(problem.source, 'm'));
  });

  it('is refused when it is not there', async () => {
    await expect(loadAccounts(source())).rejects.toThrow('OPENAI_ACCOUNTS_FILE: the file cannot be read (ENOENT)');
  });
});
