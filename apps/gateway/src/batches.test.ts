import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { batchObject, finalProviderStatuses } from '@batch-gpt/contracts';
import { type BatchRecord } from '@batch-gpt/domain';
import { sampleBatch, sampleBatchId, sampleSnapshot, sampleTime } from '@batch-gpt/testing';
import { tenantId } from '@batch-gpt/contracts';
import { batchStatus } from './objects/batch-status.ts';
import { toBatchObject } from './objects/batch-object.ts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

const tenant = tenantId.parse('default');
const snapshot = (status: string) =>
  sampleSnapshot({ status, inProgressAt: 2, expiresAt: 100, counts: { total: 3, completed: 1, failed: 0 } });
const batch = (n: number, change: Partial<BatchRecord> = {}) => sampleBatch(n, { tenant, ...change });

describe('the status of a batch', () => {
  test.each<[Partial<BatchRecord>, string]>([
    [{ state: 'forming' }, 'validating'],
    [{ state: 'claimed' }, 'validating'],
    [{ state: 'submitting', cancelRequestedAt: 5 }, 'cancelling'],
    [{ state: 'uploaded', provider: snapshot('failed') }, 'validating'],
    [{ state: 'submitted' }, 'validating'],
    [{ state: 'submitted', provider: snapshot('in_progress') }, 'in_progress'],
    [{ state: 'submitted', provider: snapshot('in_progress'), cancelRequestedAt: 5 }, 'cancelling'],
    [{ state: 'submitted', provider: snapshot('a_new_one') }, 'a_new_one'],
    [{ state: 'submitted', provider: snapshot('completed') }, 'finalizing'],
    [{ state: 'ended', provider: snapshot('completed') }, 'finalizing'],
    [{ state: 'ended', provider: snapshot('cancelled') }, 'cancelling'],
    [{ state: 'settled', provider: snapshot('completed') }, 'completed'],
    [{ state: 'settled', provider: snapshot('expired') }, 'expired'],
    [{ state: 'settled' }, 'failed'],
    [{ state: 'settled', cancelRequestedAt: 5 }, 'cancelled'],
  ])('%j', (change, status) => {
    const record = batch(1, change);
    expect(batchStatus(record)).toBe(status);
    expect(batchObject.parse(toBatchObject(record)).status).toBe(status);
    // A final word would tell a poller that every outcome is there.
    if (record.state !== 'settled') expect(finalProviderStatuses.has(status)).toBe(false);
  });
});

describe('routes', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
    for (let n = 0; n < 5; n += 1) await gateway.stores.batches.insert(batch(n));
    await gateway.stores.batches.insert(batch(5, { state: 'void' }));
    await gateway.stores.batches.insert(batch(6, { tenant: tenantId.parse('other') }));
    await gateway.stores.batches.insert(
      batch(7, {
        state: 'settled',
        provider: snapshot('completed'),
        providerBatchId: 'batch_provider7',
        sizes: { lines: 3, bytes: 9, tokens: 9, inputs: 0 },
        billed: { succeeded: 2, failed: 1, sentAgain: 0, inputTokens: 10, outputTokens: 5, cachedTokens: 4 },
      }),
    );
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const read = async (path: string, init: RequestInit = {}) => {
    const response = await gateway.get(path, init);
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  };
  const idsOf = (body: Record<string, unknown>) => (body['data'] as { id: string }[]).map(({ id }) => id);

  test('list: newest first, own ones only, void ones hidden', async () => {
    const { body } = await read('/v1/batches');
    expect(idsOf(body)).toEqual([7, 4, 3, 2, 1, 0].map(sampleBatchId));
    expect(body).toMatchObject({
      object: 'list',
      has_more: false,
      first_id: sampleBatchId(7),
      last_id: sampleBatchId(0),
    });
  });

  test('list: pages of any size hold the same together', async () => {
    const seen: string[] = [];
    let after = '';
    for (let more = true; more;) {
      const { body } = await read(`/v1/batches?limit=4${after}`);
      seen.push(...idsOf(body));
      more = body['has_more'] === true;
      after = `&after=${String(body['last_id'])}`;
    }
    expect(seen).toEqual([7, 4, 3, 2, 1, 0].map(sampleBatchId));
  });

  test('list: those of one status, in pages; a parameter that is unknown means nothing', async () => {
    expect(idsOf((await read('/v1/batches?status=completed')).body)).toEqual([sampleBatchId(7)]);
    const { body } = await read('/v1/batches?status=validating&limit=3&colour=red');
    expect(idsOf(body)).toEqual([4, 3, 2].map(sampleBatchId));
    expect(body).toMatchObject({ has_more: true, last_id: sampleBatchId(2) });
    const rest = await read(`/v1/batches?status=validating&limit=3&after=${sampleBatchId(2)}`);
    expect(idsOf(rest.body)).toEqual([1, 0].map(sampleBatchId));
    expect(rest.body).toMatchObject({ has_more: false });
    const none = await read('/v1/batches?status=expired');
    expect(none.body).toEqual({ object: 'list', data: [], first_id: null, last_id: null, has_more: false });
  });

  test.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'limit=1&limit=2',
    'after=nothing',
    `after=${sampleBatchId(6)}`,
    'status=done',
    'status=',
    'status=failed&status=expired',
  ])('list: %s is refused', async (query) => {
    const { status, body } = await read(`/v1/batches?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'invalid_value', param: query.split('=', 1)[0] } });
  });

  test('retrieve: by our id or the provider’s', async () => {
    const { body } = await read(`/v1/batches/${sampleBatchId(7)}`);
    expect(body).toEqual((await read('/v1/batches/batch_provider7')).body);
    expect(body).toMatchObject({
      id: sampleBatchId(7),
      status: 'completed',
      created_at: Math.floor(sampleTime / 1000),
      request_counts: { total: 3, completed: 2, failed: 1 },
      usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
      metadata: { provider_batch_id: 'batch_provider7' },
    });
  });

  test.each([sampleBatchId(5), sampleBatchId(6), sampleBatchId(99), 'x', '..'])(
    'retrieve %s: not found',
    async (id) => {
      const { status, body } = await read(`/v1/batches/${encodeURIComponent(id)}`);
      expect(status).toBe(404);
      expect(body).toMatchObject({ error: { code: id === '..' ? 'unknown_route' : 'batch_not_found' } });
    },
  );

  test('cancel: sets the durable flag, and may be repeated', async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      const { status, body } = await read(`/v1/batches/${sampleBatchId(2)}/cancel`, { method: 'POST' });
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: sampleBatchId(2), status: 'cancelling' });
    }
    expect((await gateway.stores.batches.get(sampleBatchId(2)))?.cancelRequestedAt).toBe(sampleTime);
  });

  test('cancel: wakes whoever owns the batch, and is done where that is not possible', async () => {
    await read(`/v1/batches/${sampleBatchId(3)}/cancel`, { method: 'POST' });
    expect(gateway.signals.seen.news.at(-1)).toBe(sampleBatchId(3));
    gateway.signals.setAway(true);
    const { status } = await read(`/v1/batches/${sampleBatchId(4)}/cancel`, { method: 'POST' });
    gateway.signals.setAway(false);
    expect(status).toBe(200);
    expect((await gateway.stores.batches.get(sampleBatchId(4)))?.cancelRequestedAt).toBe(sampleTime);
  });

  test('cancel: too late is a conflict that SDKs do not repeat', async () => {
    const { status, headers, body } = await read('/v1/batches/batch_provider7/cancel', { method: 'POST' });
    expect(status).toBe(409);
    expect(headers.get('x-should-retry')).toBe('false');
    expect(body).toMatchObject({
      error: { code: 'batch_not_cancellable', message: "Cannot cancel a batch with status 'completed'." },
    });
  });

  test('cancel: a cancelled one stays what it is, and that is no error', async () => {
    const cancelled = { cancelRequestedAt: 5, provider: snapshot('cancelled') };
    await gateway.stores.batches.insert(batch(8, { ...cancelled, state: 'ended' }));
    await gateway.stores.batches.insert(batch(9, { ...cancelled, state: 'settled' }));
    for (const [n, status] of [
      [8, 'cancelling'],
      [9, 'cancelled'],
    ] as const) {
      const answer = await read(`/v1/batches/${sampleBatchId(n)}/cancel`, { method: 'POST' });
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ status });
    }
  });

  test('list: a batch that has become void since is still a place in it', async () => {
    const { status, body } = await read(`/v1/batches?after=${sampleBatchId(5)}`);
    expect(status).toBe(200);
    expect(idsOf(body)).toEqual([4, 3, 2, 1, 0].map(sampleBatchId));
  });

  test('usage: nothing is said of what is not known', async () => {
    const { body } = await read(`/v1/batches/${sampleBatchId(7)}`);
    expect(body['usage']).toEqual({
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens: 5,
      output_tokens_details: {},
      total_tokens: 15,
    });
  });
});
