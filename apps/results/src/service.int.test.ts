import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { RequestKey } from '@batch-gpt/contracts';
import type { BatchRecord, RequestRecord } from '@batch-gpt/domain';
import { silentLogger } from '@batch-gpt/logging';
import { createOutcomeSubscriber, createSignals } from '@batch-gpt/queue';
import { openStores } from '@batch-gpt/stores';
import {
  eventually,
  sampleAccount,
  sampleBatch,
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleRequests,
  sampleTime,
  spawnService,
  startTestRedis,
} from '@batch-gpt/testing';
import { startFileServer } from './testing/file-server.ts';
import { snapshot } from './testing/test-world.ts';

const batchId = sampleBatchId(1);
let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

/** An ended batch of `count` requests whose answers hold `padding` characters each. */
async function createScene(count: number, padding: number) {
  const text = 'x'.repeat(padding);
  const body = (n: number) =>
    `{"id":"c${n}","choices":[{"finish_reason":"stop","text":"${text}"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}`;
  const line = (n: number) =>
    `{"custom_id":"${sampleKey(n)}","response":{"status_code":200,"body":${body(n)}},"error":null}\n`;
  const lines = function* () {
    for (let n = 0; n < count; n += 1) yield line(n);
  };
  let bytes = 0;
  for (const one of lines()) bytes += one.length;
  const files = opened.use(await startFileServer({ bytes, lines }));

  const folder = await mkdtemp(join(tmpdir(), 'results-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const redis = opened.use(await startTestRedis());
  const path = join(folder, 'store.db');
  const stores = opened.use(await openStores({ store: { kind: 'sqlite', path }, logger: silentLogger }));
  const signals = opened.use(createSignals({ redisUrl: redis.url, logger: silentLogger }));
  await signals.fitness();

  for (let from = 0; from < count; from += 1000) {
    const rows = sampleRequests(Math.min(1000, count - from), {}, from);
    await stores.requests.insert(rows);
    const keys = rows.map(({ key }) => key);
    await stores.requests.claim(sampleGroup(), batchId, keys, sampleTime);
  }
  await stores.batches.insert(
    sampleBatch(1, {
      state: 'ended',
      sizes: { lines: count, bytes, tokens: 0, inputs: 0 },
      providerBatchId: 'batch_p',
      provider: { ...snapshot, outputFileId: 'file-out', counts: { total: count, completed: count, failed: 0 } },
    }),
  );
  const env = {
    REDIS_URL: redis.url,
    SQLITE_PATH: path,
    OPENAI_API_KEY: 'sk-test',
    OPENAI_BASE_URL: files.baseUrl,
    OPENAI_ACCOUNT: sampleAccount,
  };
  return {
    ...{ redis, stores, signals, files, body, bytes },
    start: async () => opened.use(await spawnService({ app: 'results', env })),
    settled: () =>
      eventually(
        async (): Promise<BatchRecord | false> => {
          const record = await stores.batches.get(batchId);
          return record?.state === 'settled' && record;
        },
        { timeoutMs: 90_000 },
      ),
    request: async (n: number): Promise<RequestRecord | undefined> =>
      (await stores.requests.lookup([sampleKey(n)])).rows.get(sampleKey(n)),
  };
}

describe('the results service', () => {
  it('settles a batch that is announced, and tells the gateways', async () => {
    const scene = await createScene(3, 10);
    const heard = new Set<RequestKey>();
    const subscribed = Promise.withResolvers<undefined>();
    opened.use(
      createOutcomeSubscriber({
        redisUrl: scene.redis.url,
        logger: silentLogger,
        onKeys: (keys) => keys.forEach((key) => heard.add(key)),
        onResync: () => subscribed.resolve(undefined),
      }),
    );
    await subscribed.promise;
    const service = await scene.start();
    await scene.signals.ended.announceEnded(batchId);

    expect(await scene.settled()).toMatchObject({ billed: { succeeded: 3, inputTokens: 9, outputTokens: 3 } });
    expect(await scene.request(2)).toMatchObject({ state: 'done', outcome: { status: 200, body: scene.body(2) } });
    await eventually(() => heard.size === 3);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toContain('batch_gpt_lines_settled_total{result="succeeded"} 3');
  });

  // field 14
  it('may be killed while it settles: another one finishes the work', async () => {
    const scene = await createScene(3000, 100);
    scene.files.stallAfter(scene.bytes / 2);
    const first = await scene.start();
    await scene.signals.ended.announceEnded(batchId);
    await scene.files.stalled();
    await eventually(async () => (await scene.request(0))?.state === 'done');
    expect(await scene.request(2999)).toMatchObject({ state: 'collected' });
    await first.kill('SIGKILL');

    scene.files.stallAfter(Infinity);
    await scene.start();
    // The killed one's job comes back when its lock has run out.
    expect(await scene.settled()).toMatchObject({ billed: { succeeded: 3000, sentAgain: 0, inputTokens: 9000 } });
    expect(await scene.request(2999)).toMatchObject({ state: 'done', attempt: 1, outcome: { body: scene.body(2999) } });
  });

  // field 3, seed S16
  it('settles 190 MB in flat memory', async () => {
    const scene = await createScene(50_000, 3600);
    expect(scene.bytes).toBeGreaterThan(185_000_000);
    const service = await scene.start();
    const idle = await service.rss();
    let peak = 0;
    const sample = setInterval(() => {
      service.rss().then(
        (rss) => (peak = Math.max(peak, rss)),
        () => undefined,
      );
    }, 50);
    await scene.signals.ended.announceEnded(batchId);
    const record = await scene.settled().finally(() => clearInterval(sample));
    expect(record.billed).toMatchObject({ succeeded: 50_000, failed: 0, sentAgain: 0 });
    expect(scene.files.served()).toBe(1);
    expect(peak).toBeGreaterThan(idle);
    // What is held is a few megabytes; the rest is what the collector has not come to yet.
    expect((peak - idle) / 1_000_000).toBeLessThan(140);
  });
});
