import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { purgeReport } from '@batch-gpt/contracts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

async function answered(body: unknown): Promise<string> {
  const call = gateway.post(body);
  await gateway.held(1);
  await gateway.finish();
  return (await call).headers.get('batch-request-id') ?? '';
}

const statusOf = async (body: unknown) => (await gateway.post(body, { 'cache-control': 'only-if-cached' })).status;
const purge = (order: unknown) => gateway.post(order, {}, '/admin/cache/purge');
const purged = async (order: unknown) => purgeReport.parse(await (await purge(order)).json());

describe('a purge', () => {
  test('by model takes the stored and the remembered answers of that model alone', async () => {
    const [one, other] = [chat('x'), chat('x', { model: 'another' })];
    await answered(one);
    await answered(other);
    expect(await statusOf(one)).toBe(200);
    expect(await purged({ model: 'another' })).toEqual({ object: 'batch_gpt.purge', purged: 1, has_more: false });
    expect([await statusOf(one), await statusOf(other)]).toEqual([200, 404]);
    await answered(other);
    expect(await statusOf(other)).toBe(200);
  });

  test('by key, by age, by tenant, of everything', async () => {
    const first = await answered(chat('a'));
    await gateway.clock.advance(60_000);
    await answered(chat('b'));
    expect(await purged({ keys: [first], tenant: 'someone-else' })).toMatchObject({ purged: 0 });
    expect(await purged({ older_than: 30 })).toMatchObject({ purged: 1 });
    expect([await statusOf(chat('a')), await statusOf(chat('b'))]).toEqual([404, 200]);
    expect(await purged({ tenant: 'default' })).toMatchObject({ purged: 1 });
    const again = await answered(chat('a'));
    await answered(chat('b'));
    expect(await purged({ keys: [again] })).toMatchObject({ purged: 1 });
    expect(await purged({ all: true })).toMatchObject({ purged: 1 });
    expect([await statusOf(chat('a')), await statusOf(chat('b'))]).toEqual([404, 404]);
  });

  test('leaves what is under way alone', async () => {
    const call = gateway.post(chat('x'));
    await gateway.held(1);
    expect(await purged({ all: true })).toMatchObject({ purged: 0 });
    await gateway.finish();
    expect((await call).status).toBe(200);
  });

  test.each([
    [{}, null],
    [{ all: true, model: 'm' }, null],
    [{ all: false }, 'all'],
    [{ keys: [] }, 'keys'],
    [{ keys: ['nonsense'] }, 'keys.0'],
    [{ older_than: -1 }, 'older_than'],
    [{ modle: 'm' }, null],
    [[], null],
  ])('that does not say clearly what goes is refused: %j', async (order, param) => {
    const refused = await purge(order);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { code: 'invalid_value', param } });
  });

  test('is for operators', async () => {
    const refused = await gateway.post({ all: true }, { 'x-forwarded-for': '10.0.0.1' }, '/admin/cache/purge');
    expect(refused.status).toBe(401);
  });
});
