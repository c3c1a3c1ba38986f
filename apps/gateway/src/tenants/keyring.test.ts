import { expect, test } from '@jest/globals';
import { sampleKeysFile, secretOf, sha256 } from '../testing/sample-keys.ts';
import { createKeyring } from './keyring.ts';

test('a key is found by itself only', () => {
  const keyring = createKeyring(sampleKeysFile({ acme: {}, beta: {} }));
  expect(keyring.size).toBe(2);
  expect(keyring.find(secretOf('acme'))).toMatchObject({ tenant: 'acme', name: 'main', expiresAt: null });
  expect(keyring.find(secretOf('beta'))).toMatchObject({ tenant: 'beta' });
  for (const wrong of ['', 'acme', `${secretOf('acme')}x`, secretOf('acme').toUpperCase(), sha256(secretOf('acme'))]) {
    expect(keyring.find(wrong)).toBeNull();
  }
});

test('a key may less than its tenant, never more; its own defaults come first', () => {
  const file = sampleKeysFile(
    {
      acme: {
        modes: ['sync', 'async'],
        models: ['gpt-4o*'],
        limits: { requestsPerMinute: 60, pendingRequests: 9 },
        defaults: { mode: 'async', hold: 'body', holdMaxSeconds: 50 },
        cacheTtlSeconds: 60,
      },
    },
    [
      {
        tenant: 'acme',
        name: 'narrow',
        sha256: sha256('narrow'),
        modes: ['async', 'cache'],
        models: ['*mini', 'o3'],
        limits: { requestsPerMinute: 600 },
        defaults: { mode: 'sync', holdMaxSeconds: 5.5 },
        cacheTtlSeconds: 0,
      },
    ],
  );
  const main = createKeyring(file).find(secretOf('acme'))?.settings;
  expect(main).toMatchObject({ mode: 'async', hold: 'body', holdMax: 50_000, cacheTtl: 60_000 });
  expect(main?.modes).toEqual(new Set(['sync', 'async']));
  expect(['gpt-4o', 'o3'].map((model) => main?.mayUseModel(model))).toEqual([true, false]);

  const narrow = createKeyring(file).find('narrow')?.settings;
  expect(narrow).toMatchObject({
    mode: 'sync',
    hold: 'body',
    holdMax: 5500,
    cacheTtl: 0,
    limits: { tenant: { requestsPerMinute: 60, pendingRequests: 9 }, key: { requestsPerMinute: 600 } },
  });
  expect(narrow?.modes).toEqual(new Set(['async']));
  expect(['gpt-4o-mini', 'gpt-4o', 'o3'].map((model) => narrow?.mayUseModel(model))).toEqual([true, false, false]);
});
