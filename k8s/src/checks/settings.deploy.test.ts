import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batcherConfig } from '@batch-gpt/batcher/config';
import { type ConfigSchema, loadConfig } from '@batch-gpt/config';
import { gatewayConfig } from '@batch-gpt/gateway/config';
import { resultsConfig } from '@batch-gpt/results/config';
import { listAt } from '../chart/manifest.ts';
import { renderChart, renderText, shapes, type Values } from '../chart/render-chart.ts';
import { configurable, readersOf, secretEntries, type Workload, workloads } from '../settings/service-settings.ts';
import { describeWith } from '../tools/describe-with.ts';
import { envOf, podEnv } from './service-env.ts';

const schemas: Readonly<Record<Workload, ConfigSchema>> = {
  gateway: gatewayConfig,
  batcher: batcherConfig,
  results: resultsConfig,
};

const files = {
  'redis-url': 'redis://:password@redis.example.com:6379',
  'mongodb-url': 'mongodb://user:password@mongodb.example.com:27017/batch_gpt',
  'mongo-password': 'password',
  'openai-api-key': 'sk-example',
  'openai-accounts.json': '{}',
  'openai-webhook-secret': 'whsec_MDEyMzQ1Njc4OWFiY2RlZg==',
  'api-keys.json': '{}',
  'admin-token': '0123456789abcdef',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chart-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describeWith('helm')('the environment of the services', () => {
  it.each(shapes.flatMap((shape) => workloads.map((workload) => [shape, workload] as const)))(
    'is one that they start with: %s, %s',
    (shape, workload) => {
      const env = podEnv(renderChart({ shape }), workload, files, folder);
      expect(() => loadConfig(schemas[workload], env)).not.toThrow();
    },
  );

  it('is theirs where nothing is set, and the same when every default is written out', () => {
    const defaults = Object.fromEntries(
      configurable()
        .filter((setting) => setting.default !== null && setting.name !== 'ALLOW_UNAUTHENTICATED')
        .map((setting) => [setting.name, setting.default]),
    );
    const bare = renderChart();
    const written = renderChart({ values: { config: defaults } });
    for (const workload of workloads) {
      const [absent, given] = [bare, written].map((rendered) => podEnv(rendered, workload, files, folder));
      expect(Object.keys(given ?? {}).length).toBeGreaterThan(Object.keys(absent ?? {}).length);
      expect(JSON.stringify(loadConfig(schemas[workload], given ?? {}))).toBe(
        JSON.stringify(loadConfig(schemas[workload], absent ?? {})),
      );
    }
  });

  it('has every setting that is given, for those that read it and for nobody else', () => {
    const config: Values = Object.fromEntries(configurable().map(({ name, kind }) => [name, sampleOf(kind)]));
    const rendered = renderChart({
      values: { config, secrets: { gatewayApiKeys: { value: '' }, mongodbUrl: { value: '' } } },
    });
    for (const { name, kind } of configurable())
      for (const workload of workloads) {
        const expected = readersOf(name).includes(workload) ? textOf(sampleOf(kind)) : undefined;
        expect([name, workload, envOf(rendered, workload)[name]]).toEqual([name, workload, expected]);
      }
  });

  it('takes a workload’s own setting before the one for all', () => {
    const rendered = renderChart({
      values: { config: { LOG_LEVEL: 'warn' }, batcher: { config: { LOG_LEVEL: 'debug' } } },
    });
    expect(workloads.map((workload) => envOf(rendered, workload)['LOG_LEVEL'])).toEqual(['warn', 'debug', 'warn']);
  });

  it('writes numbers as whole ones and switches as words', () => {
    const config = { STORE_MAX_BYTES: 50_000_000_000, RELAY: true, CACHE_SAMPLED: 'off' };
    const rendered = renderChart({ values: { config } });
    expect(envOf(rendered, 'batcher')).toMatchObject({ STORE_MAX_BYTES: '50000000000' });
    expect(envOf(rendered, 'gateway')).toMatchObject({ RELAY: 'on', CACHE_SAMPLED: 'off' });
  });

  it('never holds a secret, nor does anything but a Secret', () => {
    const values = {
      secrets: Object.fromEntries(Object.keys(secretEntries).map((entry) => [entry, { value: `hidden-${entry}` }])),
    };
    const rendered = renderText({ values });
    const text = 'text' in rendered ? rendered.text : '';
    expect(text).toContain('kind: Secret');
    expect(text).not.toContain('hidden-');
    const sources = listAt(
      renderChart({ values }).one('Deployment', 'batcher'),
      'spec.template.spec.volumes.2.projected.sources',
    );
    // What the batcher does not read it does not get.
    expect(JSON.stringify(sources)).not.toMatch(/api-keys|admin-token|webhook/);
  });

  it('knows a trial: everything inside the cluster, and a pace to match', () => {
    const rendered = renderChart({ shape: 'dev' });
    expect(envOf(rendered, 'batcher')).toMatchObject({
      REDIS_URL: 'redis://batch-gpt-dev-redis:6379',
      MONGODB_URL: 'mongodb://batch-gpt-dev-mongodb:27017/batch_gpt',
      OPENAI_BASE_URL: 'http://batch-gpt-dev-simulator:9400/v1',
      COLLATE_BATCHES_FOR_DURATION_IN_MS: '2000',
    });
    expect(rendered.ofKind('Service').map(({ metadata }) => metadata.name)).toEqual(
      expect.arrayContaining(['batch-gpt-dev-redis', 'batch-gpt-dev-mongodb', 'batch-gpt-dev-simulator']),
    );
    const slower = renderChart({ shape: 'dev', values: { config: { COLLATE_BATCHES_FOR_DURATION_IN_MS: 9000 } } });
    expect(envOf(slower, 'gateway')).toMatchObject({ COLLATE_BATCHES_FOR_DURATION_IN_MS: '9000' });
  });
});

function sampleOf(kind: string | readonly string[]): string | number | boolean {
  if (kind === 'number') return 123_456_789;
  if (kind === 'switch') return true;
  return typeof kind === 'string' ? 'a text' : (kind.at(-1) ?? '');
}

const textOf = (value: string | number | boolean): string => (value === true ? 'on' : String(value));
