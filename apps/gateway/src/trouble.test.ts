import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { batchObject, requestObject, tenantId, type BatchId } from '@batch-gpt/contracts';
import { type BatchRecord, type FailureCause } from '@batch-gpt/domain';
import { eventually, sampleBatch } from '@batch-gpt/testing';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

const trouble: FailureCause = {
  status: 502,
  code: 'batch_lost',
  type: 'server_error',
  param: null,
  message: 'The provider no longer knows the batch.',
};
const { status: _, ...envelope } = trouble;

let gateway: TestGateway;
let reads: (readonly BatchId[])[];
beforeEach(async () => {
  gateway = await startTestGateway();
  reads = [];
  const { batches } = gateway.stores;
  const getMany = batches.getMany.bind(batches);
  batches.getMany = (ids) => {
    reads.push(ids);
    return getMany(ids);
  };
});
afterEach(() => gateway[Symbol.asyncDispose]());

/** Collects what was accepted into a batch with a record. */
async function collect(change: Partial<BatchRecord> = {}) {
  const members = await gateway.collect();
  const record = sampleBatch(1, { id: members.id, tenant: tenantId.parse('default'), state: 'submitted', ...change });
  await gateway.stores.batches.insert(record);
  return { ...members, record };
}
const report = (record: BatchRecord, cause: FailureCause | null = trouble) =>
  gateway.stores.batches.move(record, { to: 'submitted', change: { trouble: cause }, at: 1 });
const sweep = () => gateway.clock.advance(10_000);

async function expectTold(response: Response, { id, keys }: { id: BatchId; keys: readonly string[] }) {
  expect(response.status).toBe(502);
  expect(await response.json()).toEqual({ error: envelope });
  expect(response.headers.get('x-should-retry')).toBe('false');
  expect(response.headers.get('batch-id')).toBe(id);
  expect(response.headers.get('batch-request-id')).toBe(keys[0]);
}

describe('a call whose batch is in trouble', () => {
  test('is told when its key is announced, and its row stays', async () => {
    const call = gateway.post(chat('lost'));
    await gateway.held(1);
    const batch = await collect();
    await report(batch.record);
    gateway.gateway.outcomes.look(batch.keys);
    await expectTold(await call, batch);
    expect((await gateway.stores.requests.members(batch.id, null, 10)).map(({ key }) => key)).toEqual(batch.keys);
  });

  test('is told at the next sweep when no announcement came', async () => {
    const call = gateway.post(chat('lost'));
    await gateway.held(1);
    const batch = await collect();
    await report(batch.record);
    await sweep();
    await expectTold(await call, batch);
  });

  test('repeated, joins its row and is told at once', async () => {
    const call = gateway.post(chat('lost'));
    await gateway.held(1);
    const batch = await collect({ trouble });
    gateway.gateway.outcomes.look(batch.keys);
    await call;
    await gateway.clock.advance(10_000);
    await expectTold(await gateway.post(chat('lost')), batch);
    expect(gateway.signals.seen.accepted).toHaveLength(1);
  });

  test('that asked to wait is told as well, and as a handle shows why', async () => {
    const waiting = gateway.post(chat('lost'), { prefer: 'wait=100' });
    await gateway.held(1);
    const batch = await collect({ trouble });
    await sweep();
    await expectTold(await waiting, batch);
    const handle = await gateway.post(chat('lost'), { prefer: 'respond-async' });
    expect(handle.status).toBe(202);
    expect(requestObject.parse(await handle.json())).toMatchObject({ state: 'collected', error: envelope });
  });

  test('gets its answer when the batch comes back', async () => {
    const call = gateway.post(chat('lost'));
    await gateway.held(1);
    const batch = await collect();
    await report(batch.record);
    gateway.gateway.outcomes.look(batch.keys);
    await call;
    await report(batch.record, null);
    await gateway.clock.advance(10_000);
    const again = gateway.post(chat('lost'));
    await gateway.held(1);
    await gateway.settle(batch);
    gateway.gateway.outcomes.look(batch.keys);
    expect((await again).status).toBe(200);
  });
});

test('calls of a batch that is well go on waiting beside those of a lost one', async () => {
  const lost = gateway.post(chat('lost'));
  await gateway.held(1);
  const troubled = await collect({ trouble });
  const fine = gateway.post(chat('fine'));
  await gateway.held(2);
  const well = await collect();
  gateway.gateway.outcomes.resync();
  await expectTold(await lost, troubled);
  await gateway.held(1);
  await gateway.settle(well);
  gateway.gateway.outcomes.look(well.keys);
  expect((await fine).status).toBe(200);
});

test('where nothing is wrong a batch is read once for all who wait for it, and not for whoever is answered', async () => {
  const calls = Array.from({ length: 20 }, (_one, n) => gateway.post(chat(`call ${n}`)));
  await gateway.held(20);
  await sweep();
  expect(reads).toEqual([]);
  const batch = await collect();
  await sweep();
  await eventually(() => reads.length > 0);
  await gateway.settle(batch);
  gateway.gateway.outcomes.look(batch.keys);
  await Promise.all(calls);
  expect(reads).toEqual([[batch.id]]);
});

test('a database that is away while batches are looked at delays the news, and loses nothing', async () => {
  const call = gateway.post(chat('lost'));
  await gateway.held(1);
  const batch = await collect({ trouble });
  const { batches } = gateway.stores;
  const getMany = batches.getMany.bind(batches);
  let failed = 0;
  batches.getMany = () => {
    failed += 1;
    return Promise.reject(new Error('away'));
  };
  await sweep();
  await eventually(() => failed > 0);
  batches.getMany = getMany;
  await eventually(async () => {
    await gateway.clock.advance(1000);
    return reads.length > 0;
  });
  await expectTold(await call, batch);
});

describe('what is shown', () => {
  const show = async (path: string) => (await gateway.get(path)).json();

  test('of a request: the error while it lasts', async () => {
    await gateway.post(chat('lost'), { prefer: 'respond-async' });
    const { keys, record } = await collect();
    const path = `/v1/requests/${keys[0] ?? ''}`;
    expect(requestObject.parse(await show(path))).not.toHaveProperty('error');
    await report(record);
    expect(requestObject.parse(await show(path))).toMatchObject({ state: 'collected', error: envelope });
    await gateway.settle({ id: record.id, keys });
    expect(requestObject.parse(await show(path))).not.toHaveProperty('error');
  });

  test('of the batch: its status as it was, and the error beside those of the provider', async () => {
    await gateway.post(chat('lost'), { prefer: 'respond-async' });
    const { id } = await collect({ trouble });
    const shown = batchObject.parse(await show(`/v1/batches/${id}`));
    expect(shown).toMatchObject({
      status: 'validating',
      errors: { object: 'list', data: [{ code: 'batch_lost', message: trouble.message, param: null, line: null }] },
    });
  });
});
