import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '@batch-gpt/config';
import { defaultProtocolTimings, providerBatchLimits } from '@batch-gpt/domain';
import { documentedVariables } from '@batch-gpt/testing';
import { batcherConfig } from './config.ts';

const required = { REDIS_URL: 'redis://127.0.0.1', SQLITE_PATH: 'store.sqlite', OPENAI_API_KEY: 'sk-1' };

describe('batcher config', () => {
  it('has the provider’s limits and the design’s durations as defaults', () => {
    const config = loadConfig(batcherConfig, required);
    expect(config.batching).toMatchObject({ window: 5000, limits: providerBatchLimits });
    expect(config.protocol).toEqual(defaultProtocolTimings);
  });

  // field 22, seed S26
  it.each([
    ['COLLATE_BATCHES_FOR_DURATION_IN_MS', '0'],
    ['COLLATE_BATCHES_FOR_DURATION_IN_MS', '-5'],
    ['COLLATE_BATCHES_FOR_DURATION_IN_MS', 'soon'],
    ['MAX_BATCH_LINES', '50001'],
    ['MAX_BATCH_BYTES', '200000000'],
    ['BATCH_OWNER_GONE_AFTER_MS', '30000'],
    ['CREATE_TIMEOUT_MS', '60000'],
    ['COLLECT_BATCH_STATS_POLLING_MAX_INTERVAL_SECONDS', '0'],
    ['ENQUEUED_TOKEN_LIMITS', 'gpt-4o'],
  ])('refuses %s=%s by name', (name, value) => {
    expect(() => loadConfig(batcherConfig, { ...required, [name]: value })).toThrow(
      new RegExp(`${name}: must (be|look like)`),
    );
  });

  it('names every missing variable at once', () => {
    expect(() => loadConfig(batcherConfig, {})).toThrow(/REDIS_URL[^]*MONGODB_URL[^]*OPENAI_API_KEY/);
  });
});

describe('docs/configuration.md', () => {
  it('lists exactly what the batcher reads', () => {
    const read = Object.values(batcherConfig).flatMap((section) => section.names);
    expect([...documentedVariables('batcher')].sort()).toEqual([...new Set(read)].sort());
  });
});
