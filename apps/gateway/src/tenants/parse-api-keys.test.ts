import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { secretOf, sha256 } from '../testing/sample-keys.ts';
import { parseApiKeyList, parseApiKeys } from './parse-api-keys.ts';

const secret = secretOf('acme');
const key = { tenant: 'acme', name: 'main', sha256: sha256(secret) };
const parse = (value: unknown) => parseApiKeys(typeof value === 'string' ? value : JSON.stringify(value));
const problemsOf = (value: unknown): readonly string[] => {
  const parsed = parse(value);
  return parsed.kind === 'problems' ? parsed.problems : [];
};

describe('the keys file', () => {
  test('takes everything that the page describes', () => {
    const parsed = parse({
      tenants: {
        acme: {
          modes: ['sync', 'async'],
          models: ['gpt-4o*'],
          limits: { requestsPerMinute: 60, waiters: 5, pendingRequests: 1000, spendPerDay: 1.5, spendPerMonth: null },
          defaults: { mode: 'async', hold: 'body', holdMaxSeconds: 50 },
          cacheTtlSeconds: 3600,
        },
        idle: {},
      },
      keys: [
        {
          ...key,
          modes: ['sync'],
          models: ['*mini'],
          limits: { requestsPerMinute: 6, waiters: 1 },
          defaults: { hold: 'none' },
          cacheTtlSeconds: 0,
          expiresAt: '2030-01-01',
        },
        { ...key, name: 'ci', sha256: sha256('other').toUpperCase(), expiresAt: '2030-01-01T02:00:00+02:00' },
      ],
    });
    expect(parsed).toMatchObject({
      kind: 'keys',
      file: {
        tenants: { idle: { limits: { waiters: null, spendPerDay: null } }, acme: { limits: { spendPerMonth: null } } },
        keys: [
          { expiresAt: Date.UTC(2030, 0, 1) },
          { expiresAt: Date.UTC(2030, 0, 1), sha256: sha256('other'), limits: { waiters: null } },
        ],
      },
    });
  });

  test('the example of docs/api-keys.md is one, with digests for its placeholders', () => {
    const page = readFileSync(new URL('../../../../docs/api-keys.md', import.meta.url), 'utf8');
    const example = /```json\n([^]*?)```/.exec(page)?.[1] ?? '';
    expect(parse(example).kind).toBe('problems');
    const filled = example.replaceAll(/<digest (\d)>/g, (_, digit: string) => sha256(digit));
    expect(parse(filled)).toMatchObject({ kind: 'keys', file: { keys: { length: 3 } } });
  });

  test.each([
    ['a tenant that is not there', { tenants: {}, keys: [key] }, 'keys.0.tenant: is not one of the tenants'],
    ['no tenants', { keys: [] }, 'tenants: '],
    ['an array', [], 'the file: '],
    ['a short digest', { tenants: { acme: {} }, keys: [{ ...key, sha256: 'abc' }] }, 'keys.0.sha256: must be the key'],
    ['the key itself', { tenants: { acme: {} }, keys: [{ ...key, sha256: secret }] }, 'keys.0.sha256: must be the key'],
    ['a bad name', { tenants: { acme: {} }, keys: [{ ...key, name: 'a b' }] }, 'keys.0.name: must be letters'],
    ['a bad tenant', { tenants: { 'a b': {} }, keys: [] }, 'tenants.(not shown): '],
    ['an unknown field', { tenants: { acme: { limit: 1 } }, keys: [] }, 'tenants.acme: has unknown fields: limit'],
    ['an unknown limit', { tenants: { acme: { limits: { rpm: 1 } } }, keys: [] }, 'tenants.acme.limits: has unknown'],
    [
      'a limit of tenants on a key',
      { tenants: { acme: {} }, keys: [{ ...key, limits: { spendPerDay: 1 } }] },
      'keys.0.limits: has unknown fields: spendPerDay',
    ],
    [
      'a negative limit',
      { tenants: { acme: { limits: { spendPerDay: -1 } } }, keys: [] },
      'tenants.acme.limits.spendPer',
    ],
    ['an unknown mode', { tenants: { acme: { modes: ['fast'] } }, keys: [] }, 'tenants.acme.modes.0: '],
    ['no date', { tenants: { acme: {} }, keys: [{ ...key, expiresAt: 'soon' }] }, 'keys.0.expiresAt: must be a date'],
    ['no such date', { tenants: { acme: {} }, keys: [{ ...key, expiresAt: '2030-13-01' }] }, 'keys.0.expiresAt: must'],
    [
      'a time without a zone',
      { tenants: { acme: {} }, keys: [{ ...key, expiresAt: '2030-01-01T00:00:00' }] },
      'keys.0.expiresAt: must',
    ],
    [
      'a digest twice',
      { tenants: { acme: {}, b: {} }, keys: [key, { tenant: 'b', name: 'x', sha256: key.sha256.toUpperCase() }] },
      'keys.1.sha256: is that of keys.0 as well',
    ],
    [
      'a name twice',
      { tenants: { acme: {} }, keys: [key, { ...key, sha256: sha256('other') }] },
      'keys.1.name: is that of keys.0 as well',
    ],
  ])('%s is refused with its path', (_what, value, problem) => {
    expect(problemsOf(value).join('\n')).toContain(problem);
  });

  test('every problem is told at once', () => {
    const value = {
      tenants: { acme: { models: [] } },
      keys: [
        { ...key, name: '' },
        { ...key, sha256: '' },
      ],
    };
    expect(problemsOf(value)).toHaveLength(3);
    const many = { tenants: {}, keys: Array.from({ length: 50 }, () => ({})) };
    expect(problemsOf(many)).toHaveLength(21);
    expect(problemsOf(many).at(-1)).toMatch(/^and \d+ more$/);
  });

  test('wherever a key was put by mistake, no problem shows it', () => {
    const entry = { tenants: { acme: {} }, keys: [key] };
    const mistakes: unknown[] = [
      secret,
      `{"tenants": {}, "keys": [${secret}]}`,
      JSON.stringify({ ...entry, keys: [{ ...key, sha256: secret }] }).slice(0, -3),
      { ...entry, [secret]: {} },
      { ...entry, keys: { [secret]: 'acme' } },
      { ...entry, keys: [{ ...key, [secret]: true }] },
      { ...entry, keys: [secret] },
      { ...entry, tenants: { [secret]: { limits: 1 } } },
      ...Object.keys(key).map((field) => ({ ...entry, keys: [{ ...key, [field]: `${secret} ` }] })),
      { ...entry, keys: [{ ...key, modes: [secret], models: secret, limits: secret, expiresAt: secret }] },
    ];
    for (const mistake of mistakes) {
      const problems = problemsOf(mistake);
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.join('\n')).not.toContain('0123456789');
    }
  });
});

describe('the list of keys', () => {
  test('stands for keys of tenants without limits', () => {
    const parsed = parseApiKeyList(` acme:main:${sha256('1')}, beta:ci:${sha256('2')},`);
    expect(parsed).toMatchObject({
      kind: 'keys',
      file: { tenants: { acme: { limits: { waiters: null } }, beta: {} }, keys: [{ tenant: 'acme' }, { name: 'ci' }] },
    });
  });

  test.each([
    ['', 'at least one key'],
    [',', 'at least one key'],
    [secret, 'keys.0: must be tenant:name:sha256'],
    [`acme:main:${sha256('1')},acme:${secret}`, 'keys.1: must be tenant:name:sha256'],
    [`acme:main:${secret}`, 'keys.0.sha256: must be'],
    [`a b:main:${sha256('1')}`, 'keys.0.tenant'],
    [`a:1:${sha256('1')},b:1:${sha256('1')}`, 'keys.1.sha256: is that of keys.0'],
  ])('%j is refused without showing it', (list, problem) => {
    const parsed = parseApiKeyList(list);
    const told = parsed.kind === 'problems' ? parsed.problems.join('\n') : '';
    expect(told).toContain(problem);
    expect(told).not.toContain('0123456789');
  });
});
