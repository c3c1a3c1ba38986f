import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type BatchState } from '@batch-gpt/contracts';
import { type BatchRecord, type Outcome } from '@batch-gpt/domain';
import { silentLogger, type Logger } from '@batch-gpt/logging';
import { createStatusClient, type StatusClient } from '@batch-gpt/status-client';
import {
  sampleBatch,
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleRequest,
  sampleRequests,
  sampleTime,
} from '@batch-gpt/testing';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';

const lines: unknown[][] = [];
const logger: Logger = { ...silentLogger, info: (...line) => void lines.push(line), child: () => logger };
let gateway: TestGateway;
let client: StatusClient;
beforeEach(async () => {
  lines.length = 0;
  gateway = await startTestGateway({ logger, keepRequestBodies: 'failed' });
  client = createStatusClient({ baseUrl: gateway.url });
});
afterEach(() => gateway[Symbol.asyncDispose]());

const audited = () => lines.filter(([message]) => message === 'an operator acted').map(([, facts]) => facts);
const insert = (n: number, overrides: Partial<BatchRecord>) => gateway.stores.batches.insert(sampleBatch(n, overrides));

describe('flushing a group', () => {
  test('rings its bell, and says how many wait', async () => {
    await gateway.stores.requests.insert(sampleRequests(3));
    expect(await client.flush(sampleGroup())).toEqual({ object: 'batch_gpt.flush', group: sampleGroup(), pending: 3 });
    expect(gateway.signals.seen.rung).toEqual([{ group: sampleGroup(), trigger: 'operator' }]);
    expect(audited()).toEqual([{ audit: true, actor: '127.0.0.1', action: 'flush', group: sampleGroup(), pending: 3 }]);
  });

  test('in which nothing waits: a conflict', async () => {
    await expect(client.flush(sampleGroup())).rejects.toMatchObject({ status: 409, code: 'conflict' });
    expect([gateway.signals.seen.rung, audited()]).toEqual([[], []]);
  });

  test('while Redis is away: it cannot be done, and nothing says that it was', async () => {
    await gateway.stores.requests.insert([sampleRequest(1)]);
    gateway.signals.setAway(true);
    await expect(client.flush(sampleGroup())).rejects.toMatchObject({ status: 503, code: 'queue_unavailable' });
    expect(audited()).toEqual([]);
  });

  test.each(['', '{', '{}', '{"group":"x"}', '{"group":"x","more":1}', '[]'])('by %j: refused', async (body) => {
    expect((await gateway.post(body, {}, '/admin/groups/flush')).status).toBe(400);
  });
});

describe('cancelling a batch', () => {
  test.each<BatchState>(['forming', 'claimed', 'uploaded', 'submitting', 'submitted'])(
    'that is %s: flagged, announced, written down once',
    async (state) => {
      await insert(1, { state });
      expect(await client.cancel(sampleBatchId(1))).toMatchObject({ status: 'cancelling', state });
      const flagged = await gateway.stores.batches.get(sampleBatchId(1));
      expect(flagged?.cancelRequestedAt).toBe(sampleTime);
      expect(gateway.signals.seen.news).toEqual([sampleBatchId(1)]);
      await client.cancel(sampleBatchId(1));
      expect(audited()).toEqual([{ audit: true, actor: '127.0.0.1', action: 'cancel', batchId: sampleBatchId(1) }]);
    },
  );

  test.each<BatchState>(['ended', 'settled', 'abandoned', 'void'])('that is %s: too late', async (state) => {
    await insert(1, { state });
    await expect(client.cancel(sampleBatchId(1))).rejects.toMatchObject({ status: 409, code: 'batch_not_cancellable' });
    expect((await gateway.stores.batches.get(sampleBatchId(1)))?.cancelRequestedAt).toBeNull();
    expect(audited()).toEqual([]);
  });

  test('while Redis is away: the flag is durable', async () => {
    await insert(1, { state: 'submitted' });
    gateway.signals.setAway(true);
    expect(await client.cancel(sampleBatchId(1))).toMatchObject({ status: 'cancelling' });
  });
});

describe('running failed lines again', () => {
  const failure: Partial<Outcome> = {
    kind: 'failed',
    status: 500,
    body: '{"error":{"message":"no"}}',
    shareable: false,
  };

  /** A settled batch of six lines: two succeeded, four failed. */
  async function settle(overrides: Partial<BatchRecord> = {}) {
    await gateway.stores.requests.insert(sampleRequests(6));
    const batch = await gateway.collect();
    await gateway.settle({ id: batch.id, keys: batch.keys.slice(0, 2) });
    await gateway.settle({ id: batch.id, keys: batch.keys.slice(2) }, failure);
    await gateway.stores.batches.insert(
      sampleBatch(1, {
        ...{ id: batch.id, state: 'settled', sizes: { lines: 6, bytes: 6, tokens: 6, inputs: 0 } },
        billed: { succeeded: 2, failed: 4, sentAgain: 0, inputTokens: 1, cachedTokens: 0, outputTokens: 1 },
        ...overrides,
      }),
    );
    return batch;
  }
  const statesOf = async () => {
    const { rows } = await gateway.stores.requests.lookup(Array.from({ length: 6 }, (_, n) => sampleKey(n)));
    return [...rows.values()].map(({ state }) => state);
  };

  test('accepts those that failed, and nothing that was paid for', async () => {
    const { id, keys } = await settle();
    const report = { object: 'batch_gpt.retry', batch_id: id, without_text: 0, next: null };
    expect(await client.retry(id)).toEqual({ ...report, accepted: 4 });
    expect(await statesOf()).toEqual(['done', 'done', 'accepted', 'accepted', 'accepted', 'accepted']);
    const jobs = gateway.signals.seen.accepted;
    expect(jobs).toMatchObject([{ group: sampleGroup(), sizes: { lines: 4 } }]);
    expect(jobs[0]?.keys.toSorted()).toEqual(keys.slice(2));
    expect(audited()).toEqual([
      { audit: true, actor: '127.0.0.1', action: 'retry', batchId: id, accepted: 4, withoutText: 0 },
    ]);
    expect(await client.retry(id)).toEqual({ ...report, accepted: 0 });
  });

  test('gives them to the next batch with their texts', async () => {
    const { id } = await settle();
    await client.retry(id);
    const again = await gateway.collect();
    expect(again.keys).toHaveLength(4);
    const bodies = await gateway.stores.requests.memberBodies(again.id, null, 10, 1e6);
    expect(bodies.map(({ body }) => body)).toEqual([2, 3, 4, 5].map((n) => sampleRequest(n).body));
  });

  test('leaves a line that only its own call may see', async () => {
    await gateway.stores.requests.insert([sampleRequest(7, { base: sampleKey(8) })]);
    const batch = await gateway.collect();
    await gateway.settle(batch, failure);
    await insert(1, { id: batch.id, state: 'settled', sizes: { lines: 1, bytes: 1, tokens: 1, inputs: 0 } });
    expect(await client.retry(batch.id)).toMatchObject({ accepted: 0, without_text: 0, next: null });
  });

  test('of a batch that has not settled: a conflict', async () => {
    const { id } = await settle({ state: 'ended' });
    await expect(client.retry(id)).rejects.toMatchObject({ status: 409, code: 'conflict' });
    expect(await statesOf()).not.toContain('accepted');
    expect(audited()).toEqual([]);
  });

  test('of a batch that failed as a whole and was billed nothing', async () => {
    const { id } = await settle({
      billed: { succeeded: 0, failed: 0, sentAgain: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0 },
    });
    expect(await client.retry(id)).toMatchObject({ accepted: 4 });
  });

  test('while Redis is away: the sweep will find them', async () => {
    const { id } = await settle();
    gateway.signals.setAway(true);
    expect(await client.retry(id)).toMatchObject({ accepted: 4 });
  });

  test('among many others goes on where it ended', async () => {
    const { id } = await settle();
    const crowd = Array.from({ length: 61_000 }, (_, n) => sampleRequest(100 + n, { acceptedAt: sampleTime + 500 }));
    await gateway.stores.requests.insert(crowd);
    const first = await client.retry(id);
    expect(first).toMatchObject({ accepted: 0, next: expect.stringMatching(/^\d+-[0-9a-f]{64}$/) });
    expect(await client.retry(id, first.next ?? '')).toMatchObject({ accepted: 4, next: null });
  });

  test('whose texts are gone counts them', async () => {
    await using forgetful = await startTestGateway();
    await forgetful.stores.requests.insert(sampleRequests(2));
    const batch = await forgetful.collect();
    await forgetful.settle(batch, failure);
    await forgetful.stores.batches.insert(sampleBatch(1, { id: batch.id, state: 'settled' }));
    const report = await createStatusClient({ baseUrl: forgetful.url }).retry(batch.id);
    expect(report).toMatchObject({ accepted: 0, without_text: 2 });
  });

  test.each(['x', '1-2', `1-${'g'.repeat(64)}`])('after %j: refused', async (after) => {
    const { id } = await settle();
    expect((await gateway.post('', {}, `/admin/batches/${id}/retry?after=${after}`)).status).toBe(400);
  });
});

test('abandoning and purging are written down alike', async () => {
  await insert(1, { state: 'submitted' });
  await client.abandon(sampleBatchId(1));
  await client.purge({ model: 'x', keys: [sampleKey(1)] });
  expect(audited()).toEqual([
    { audit: true, actor: '127.0.0.1', action: 'abandon', batchId: sampleBatchId(1) },
    { audit: true, actor: '127.0.0.1', action: 'purge', model: 'x', named: 1, purged: 0 },
  ]);
});
