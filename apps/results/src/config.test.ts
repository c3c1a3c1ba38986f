import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '@batch-gpt/config';
import { documentedVariables } from '@batch-gpt/testing';
import { resultsConfig } from './config.ts';

describe('docs/configuration.md', () => {
  it('lists exactly what the results reads', () => {
    const read = Object.values(resultsConfig).flatMap((section) => section.names);
    expect([...documentedVariables('results')].sort()).toEqual([...new Set(read)].sort());
  });
});

describe('the configuration', () => {
  it('refuses what no store can keep and reports everything at once', () => {
    const retention = ['CACHE_TTL', 'RETRY_GRACE', 'FAILURE_TTL', 'OUTCOME_KEEP'];
    const env = Object.fromEntries(retention.map((name) => [name, String(Number.MAX_SAFE_INTEGER)]));
    const required = { REDIS_URL: 'redis://h', SQLITE_PATH: 'x', OPENAI_API_KEY: 'k' };
    expect(() => loadConfig(resultsConfig, { ...required, ...env, SETTLE_CONCURRENCY: '0' })).toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        details: {
          problems: [
            'SETTLE_CONCURRENCY: must be a whole number, 1 to 64',
            ...retention.map((name) => `${name}: must be a whole number of seconds, 1 to 3155760000`),
          ],
        },
      }),
    );
  });

  it.each([
    [{ FAILURE_TTL: '29' }, false],
    [{ FAILURE_TTL: '30' }, true],
    [{ FAILURE_TTL: '1', WAITER_SWEEP_MS: '333' }, true],
    [{ FAILURE_TTL: '1', WAITER_SWEEP_MS: '334' }, false],
    [{ WAITER_SWEEP_MS: '60000' }, true],
  ])('failures answer for three re-checks of who waits: %j', (env, isTaken) => {
    const load = () =>
      loadConfig(resultsConfig, { REDIS_URL: 'redis://h', SQLITE_PATH: 'x', OPENAI_API_KEY: 'k', ...env });
    if (isTaken) expect(load).not.toThrow();
    else expect(load).toThrow('FAILURE_TTL: must be at least three times WAITER_SWEEP_MS');
  });
});
