import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const key = (name: string, more: Record<string, string> = {}) => ({ 'idempotency-key': name, ...more });
const hour = 3_600_000;

async function answered(body: unknown, headers: Record<string, string>): Promise<Response> {
  const call = gateway.post(body, headers);
  await gateway.held(1);
  await gateway.finish();
  return call;
}

const rowOf = (response: Response) => response.headers.get('batch-request-id');
const stored = () => gateway.signals.seen.accepted.flatMap(({ keys }) => keys).length;

// field 13
describe('a call that has an Idempotency-Key', () => {
  test('and comes again with the same body is the same request, pending or answered', async () => {
    const calls = [gateway.post(chat('pay'), key('order-1')), gateway.post(chat('pay'), key('order-1'))];
    await gateway.held(2);
    await gateway.finish();
    const [first, second] = await Promise.all(calls);
    const third = await gateway.post(chat('pay'), key('order-1'));
    expect(new Set([first, second, third].map((answer) => answer && rowOf(answer))).size).toBe(1);
    expect(third.headers.get('cache-status')).toBe('batch-gpt; hit');
    expect(stored()).toBe(1);
  });

  test('and comes again with another body is a conflict that SDKs do not repeat', async () => {
    await answered(chat('pay'), key('order-1'));
    const other = await gateway.post(chat('pay more'), key('order-1'));
    expect(other.status).toBe(409);
    expect(other.headers.get('x-should-retry')).toBe('false');
    expect(await other.json()).toMatchObject({
      error: { code: 'idempotency_key_reused', type: 'invalid_request_error' },
    });
    expect(stored()).toBe(1);
  });

  test('is never paid again for a day, though its answer may no longer be had by others', async () => {
    const fresh = { 'cache-control': 'no-cache' };
    const first = await answered(chat('pay'), key('order-1', fresh));
    await gateway.clock.advance(23 * hour);
    const again = await gateway.post(chat('pay'), key('order-1', fresh));
    expect(rowOf(again)).toBe(rowOf(first));
    expect(await again.text()).toBe(await first.text());
    await gateway.clock.advance(hour);
    expect(rowOf(await answered(chat('pay'), key('order-1', fresh)))).not.toBeNull();
    expect(stored()).toBe(2);
  });

  test('keeps its answer when somebody else asks the same anew and that fails', async () => {
    const first = await answered(chat('pay'), key('order-1'));
    await gateway.clock.advance(1000);
    const anew = gateway.post(chat('pay'), { 'cache-control': 'no-cache' });
    await gateway.held(1);
    await gateway.finish({ kind: 'failed', status: 400, shareable: false, body: '{"error":{}}' });
    expect((await anew).status).toBe(400);
    const text = await first.text();
    for (const later of [0, hour, 22 * hour]) {
      await gateway.clock.advance(later);
      expect(await (await gateway.post(chat('pay'), key('order-1'))).text()).toBe(text);
    }
    expect(stored()).toBe(2);
  });

  test('and may not take a stored answer is paid once for each key', async () => {
    const fresh = { 'cache-control': 'no-cache' };
    const first = await answered(chat('pay'), key('order-1', fresh));
    const other = await answered(chat('pay'), key('order-2', fresh));
    expect(rowOf(other)).not.toBe(rowOf(first));
    expect(rowOf(await gateway.post(chat('pay'), key('order-2', fresh)))).toBe(rowOf(other));
    expect(stored()).toBe(2);
  });

  test('whose record was kept and whose row was not is accepted under that record', async () => {
    const { requests, idempotency } = gateway.stores;
    const kept = { insert: requests.insert.bind(requests) };
    Object.assign(requests, { insert: () => Promise.reject(new Error('killed here')) });
    expect((await gateway.post(chat('pay'), key('order-1', { 'cache-control': 'no-store' }))).status).toBe(500);
    Object.assign(requests, kept);
    // The key stands for this body by now, though nothing was accepted.
    expect((await gateway.post(chat('pay more'), key('order-1'))).status).toBe(409);
    const repeat = await answered(chat('pay'), key('order-1', { 'cache-control': 'no-store' }));
    expect(repeat.status).toBe(200);
    expect(rowOf(await gateway.post(chat('pay'), key('order-1')))).toBe(rowOf(repeat));
    expect(stored()).toBe(1);
    expect(await idempotency.removeExpired(gateway.clock.now() + 24 * hour, 10)).toBe(1);
  });

  test('keeps the stored answer that it was given, however soon that would have gone', async () => {
    const shared = await answered(chat('pay'), {});
    await gateway.clock.advance(30 * 24 * hour - 60_000);
    const first = await gateway.post(chat('pay'), key('order-1'));
    expect([rowOf(first), first.headers.get('cache-status')]).toEqual([rowOf(shared), 'batch-gpt; hit']);
    await gateway.clock.advance(23 * hour);
    await gateway.stores.requests.removeExpired(gateway.clock.now(), 10);
    const repeat = await gateway.post(chat('pay'), key('order-1'));
    expect(await repeat.text()).toBe(await shared.text());
    expect(stored()).toBe(1);
  });

  test('keeps the stored answer that it was given, however full the store is', async () => {
    const { cache } = gateway.stores;
    const old = await answered(chat('pay'), {});
    await answered(chat('never named'), {});
    await gateway.clock.advance(3 * 24 * hour);
    await gateway.post(chat('pay'), key('order-1'));
    await gateway.clock.advance(23 * hour);
    const now = gateway.clock.now();
    expect(await cache.evictOldest(now - 24 * hour, 10, now)).toHaveLength(1);
    expect(await (await gateway.post(chat('pay'), key('order-1'))).text()).toBe(await old.text());
    expect(stored()).toBe(2);
  });

  test('and a row of its own, and failed, is a new request after the time of failures', async () => {
    const fresh = key('order-1', { 'cache-control': 'no-cache' });
    const failed = gateway.post(chat('pay'), fresh);
    await gateway.held(1);
    await gateway.finish({ kind: 'failed', status: 400, shareable: false, body: '{"error":{}}' });
    expect((await failed).status).toBe(400);
    await gateway.clock.advance(179_000);
    expect((await gateway.post(chat('pay'), fresh)).status).toBe(400);
    await gateway.clock.advance(1000);
    const again = await answered(chat('pay'), fresh);
    expect(again.status).toBe(200);
    expect(rowOf(again)).toBe(rowOf(await failed));
    expect(stored()).toBe(2);
  });

  test('that cannot be kept is refused, and nothing is stored', async () => {
    const refused = await gateway.post(chat('pay'), key('two words'));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { param: 'Idempotency-Key' } });
    expect(stored()).toBe(0);
  });
});
