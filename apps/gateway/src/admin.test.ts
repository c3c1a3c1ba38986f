import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type BatchState } from '@batch-gpt/contracts';
import { type Logger, silentLogger } from '@batch-gpt/logging';
import { sampleBatch, sampleBatchId } from '@batch-gpt/testing';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

const token = 'token-of-an-operator';
const asOperator = { authorization: `Bearer ${token}` };
const lines: unknown[] = [];
const logger: Logger = { ...silentLogger, info: (...line) => void lines.push(line), child: () => logger };
let gateway: TestGateway;
beforeEach(async () => {
  lines.length = 0;
  gateway = await startTestGateway({ trust: { adminToken: { reveal: () => token } }, logger });
});
afterEach(() => gateway[Symbol.asyncDispose]());

const abandon = async (id: string, headers: Record<string, string> = asOperator) => {
  const response = await gateway.post('', headers, `/admin/batches/${id}/abandon`);
  return { status: response.status, headers: response.headers, body: await response.json() };
};
const insert = (n: number, state: BatchState) => gateway.stores.batches.insert(sampleBatch(n, { state }));
const stateOf = async (n: number) => (await gateway.stores.batches.get(sampleBatchId(n)))?.state;

describe('abandoning a batch', () => {
  test.each<BatchState>(['submitted', 'ended'])('that is %s: moved, written down, announced', async (state) => {
    await insert(1, state);
    const { status, body } = await abandon(sampleBatchId(1));
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: sampleBatchId(1), metadata: { batch_gpt_state: 'abandoned' } });
    const batch = await gateway.stores.batches.get(sampleBatchId(1));
    expect(batch?.history.at(-1)).toMatchObject({ state: 'abandoned', note: 'abandoned by an operator' });
    expect(lines).toEqual([
      ['an operator acted', { audit: true, actor: '127.0.0.1', action: 'abandon', batchId: sampleBatchId(1) }],
    ]);
    expect(gateway.signals.seen).toMatchObject({ ended: [sampleBatchId(1)], news: [sampleBatchId(1)] });
  });

  test.each<BatchState>(['forming', 'claimed', 'uploaded', 'submitting', 'settled', 'abandoned', 'void'])(
    'that is %s: a conflict, and nothing happens',
    async (state) => {
      await insert(1, state);
      const { status, headers, body } = await abandon(sampleBatchId(1));
      expect(status).toBe(409);
      expect(headers.get('x-should-retry')).toBe('false');
      expect(body).toMatchObject({ error: { code: 'conflict', message: expect.stringContaining(state) } });
      expect(await stateOf(1)).toBe(state);
      expect(lines).toEqual([]);
      expect(gateway.signals.seen).toMatchObject({ ended: [], news: [] });
    },
  );

  test('by several at once: one of them does it', async () => {
    await insert(1, 'submitted');
    const all = await Promise.all(Array.from({ length: 5 }, () => abandon(sampleBatchId(1))));
    expect(all.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect(lines).toHaveLength(1);
  });

  test('that moves on in this moment: a conflict', async () => {
    await insert(1, 'submitted');
    const { batches } = gateway.stores;
    const get = batches.get.bind(batches);
    batches.get = async (id) => {
      const seen = await get(id);
      if (seen !== null) await batches.move(seen, { to: 'ended', at: 1 });
      return seen;
    };
    const { status, body } = await abandon(sampleBatchId(1));
    batches.get = get;
    expect([status, await stateOf(1)]).toEqual([409, 'ended']);
    expect(body).toMatchObject({ error: { code: 'conflict' } });
  });

  test('while Redis is away: done all the same', async () => {
    await insert(1, 'submitted');
    gateway.signals.setAway(true);
    expect((await abandon(sampleBatchId(1))).status).toBe(200);
    expect(await stateOf(1)).toBe('abandoned');
  });

  test.each([sampleBatchId(9), 'batch_provider7', 'x'])('%s, which is unknown', async (id) => {
    expect(await abandon(id)).toMatchObject({ status: 404, body: { error: { code: 'batch_not_found' } } });
  });
});

describe('with a token configured', () => {
  test.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['another token', { authorization: 'Bearer token-of-somebody-els' }],
    ['more than the token', { authorization: `Bearer ${token}x` }],
    ['part of the token', { authorization: `Bearer ${token.slice(0, -1)}` }],
    ['another scheme', { authorization: `Basic ${token}` }],
    ['the token of an API key’s header', { 'api-key': token }],
  ])('%s does not open', async (_what, headers) => {
    await insert(1, 'submitted');
    const refused = await abandon(sampleBatchId(1), headers);
    expect(refused).toMatchObject({ status: 401, body: { error: { code: 'invalid_admin_token' } } });
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(JSON.stringify(refused.body)).not.toContain(token);
    expect(await stateOf(1)).toBe('submitted');
  });

  test('an unknown operator route says nothing to strangers', async () => {
    expect((await gateway.get('/admin/anything')).status).toBe(401);
    expect((await gateway.get('/admin/anything', { headers: asOperator })).status).toBe(404);
  });
});

test('without a token this machine may, and pages in its browser may not', async () => {
  await using open = await startTestGateway();
  await open.stores.batches.insert(sampleBatch(1, { state: 'submitted' }));
  const call = (headers: Record<string, string>) =>
    open.post('', headers, `/admin/batches/${sampleBatchId(1)}/abandon`).then(({ status }) => status);
  expect(await call({ origin: 'https://example.com' })).toBe(401);
  expect(await call({ 'x-forwarded-for': '203.0.113.7' })).toBe(401);
  expect(await call({})).toBe(200);
});
