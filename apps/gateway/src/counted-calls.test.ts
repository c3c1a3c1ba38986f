import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type LedgerKind } from '@batch-gpt/domain';
import { createSimulator } from '@batch-gpt/simulator';
import { sampleProviderAccount } from './testing/sample-provider-account.ts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const usage = { inputTokens: 100, cachedTokens: 20, outputTokens: 30, totalTokens: 130 };

/** What stands in the ledger once the counts are written. */
const counted = async (of = gateway) => {
  await of.clock.advance(10_000);
  const entries = await of.stores.ledger.read({ tenant: null, fromDay: '2026-01-01', toDay: '2026-12-31' }, 100);
  return entries.map(
    ({ kind, calls, inputTokens, cachedTokens, outputTokens }) =>
      [kind, calls, inputTokens, cachedTokens, outputTokens] satisfies [LedgerKind, ...number[]],
  );
};
const answered = async (text: string, headers: Record<string, string> = {}, callers = 1) => {
  const calls = Array.from({ length: callers }, () => gateway.post(chat(text), headers));
  await gateway.held(callers);
  await gateway.finish({ usage });
  for (const call of calls) await (await call).text();
};

describe('what is counted beside the batches', () => {
  test('nothing for a call that a batch line was made for', async () => {
    await answered('a');
    expect(await counted()).toEqual([]);
  });

  test('hits, from memory and from the store, with what their answer had cost', async () => {
    await answered('a');
    await gateway.post(chat('a'));
    await gateway.post(chat('a', { user: 'else' }));
    await gateway.clock.advance(31_000);
    await gateway.post(chat('a'), { 'cache-control': 'only-if-cached' });
    await gateway.post(chat('a'), { prefer: 'respond-async' });
    expect(await counted()).toEqual([['cache_hit', 4, 400, 80, 120]]);
  });

  test('calls that shared a request, once its answer is there', async () => {
    await answered('a', {}, 5);
    expect(await counted()).toEqual([['shared_call', 4, 400, 80, 120]]);
  });

  test('a shared handle without tokens, which nobody here sees', async () => {
    const async = { prefer: 'respond-async' };
    await gateway.post(chat('a'), async);
    await gateway.post(chat('a'), async);
    await gateway.finish({ usage });
    expect(await counted()).toEqual([['shared_call', 1, 0, 0, 0]]);
  });

  test('no repetition of a call that was made before', async () => {
    const named = { 'idempotency-key': 'mine' };
    await answered('a', named);
    await gateway.post(chat('a'), named);
    await gateway.post(chat('a'), { 'x-stainless-retry-count': '1' });
    const calls = [gateway.post(chat('b')), gateway.post(chat('b'), { 'x-stainless-retry-count': '1' })];
    await gateway.held(2);
    await gateway.finish({ usage });
    await Promise.all(calls);
    expect(await counted()).toEqual([]);
  });

  test('no failure: it saved nothing', async () => {
    const failed = { kind: 'failed', status: 400, body: '{"error":{"message":"no"}}', shareable: false } as const;
    const calls = [gateway.post(chat('a')), gateway.post(chat('a'))];
    await gateway.held(2);
    await gateway.finish(failed);
    await Promise.all(calls);
    await gateway.post(chat('a'));
    expect(await counted()).toEqual([['shared_call', 1, 0, 0, 0]]);
  });

  test('what is left at the end is written', async () => {
    await answered('a');
    await gateway.post(chat('a'));
    const { ledger } = gateway.stores;
    await gateway[Symbol.asyncDispose]();
    expect(await ledger.read({ tenant: null, fromDay: '2026-01-01', toDay: '2026-12-31' }, 10)).toHaveLength(1);
    gateway = await startTestGateway();
  });

  test('realtime calls, streamed or not, with what they used; refused ones are not', async () => {
    await using simulator = await createSimulator();
    await using relaying = await startTestGateway({ accounts: [sampleProviderAccount(simulator.baseUrl)] });
    const realtime = { 'batch-mode': 'realtime' };
    const answer = await relaying.post(chat('hi'), realtime);
    const { usage: used } = (await answer.json()) as { usage: { prompt_tokens: number; completion_tokens: number } };
    const stream = { stream: true, stream_options: { include_usage: true } };
    await (await relaying.post(chat('hi', stream), realtime)).text();
    expect((await relaying.post(chat('hi', { model: 'gpt-99' }), realtime)).status).toBe(404);
    expect(used.prompt_tokens).toBeGreaterThan(0);
    expect(await counted(relaying)).toEqual([['realtime', 2, 2 * used.prompt_tokens, 0, 2 * used.completion_tokens]]);
  });
});
