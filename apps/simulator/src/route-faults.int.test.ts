import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI, { type APIError } from 'openai';
import { createSimulator, type Simulator } from './create-simulator.ts';
import { type FaultName } from './faults/fault-menu.ts';
import { chatLine } from './testing/chat-line.ts';
import { clientOf, control, reach, submit, upload } from './testing/client-of.ts';

const fast = { validatingMs: 1, inProgressMs: 1, finalizingMs: 1, cancellingMs: 1 };
const order = { input_file_id: 'file-x', endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
const lines = [chatLine('a', 'x')];
let simulator: Simulator;
let client: OpenAI;

beforeEach(async () => {
  simulator = await createSimulator({ settings: fast });
  client = clientOf(simulator);
});
afterEach(() => simulator.close());

const inject = (...faults: unknown[]) => control(simulator, 'POST', '/control', { faults });

/** One call of each route about the batch and the file given. */
const calls: Record<string, (ids: { batch: string; file: string }) => Promise<unknown>> = {
  upload: () => upload(client, lines),
  file_list: () => client.files.list(),
  file_retrieve: ({ file }) => client.files.retrieve(file),
  file_delete: ({ file }) => client.files.delete(file),
  content: ({ file }) => client.files.content(file),
  create: () => client.batches.create(order),
  retrieve: ({ batch }) => client.batches.retrieve(batch),
  list: () => client.batches.list(),
  cancel: ({ batch }) => client.batches.cancel(batch),
  models: () => client.models.list(),
  answer: () => client.chat.completions.create({ model: 'gpt-6-luna', messages: [{ role: 'user', content: 'hi' }] }),
};

const refusalOf = (call: () => Promise<unknown>): Promise<APIError> =>
  call().then(
    () => Promise.reject(new Error('the call was answered')),
    (error: unknown) => error as APIError,
  );

describe('refusals on every route', () => {
  test.each(Object.keys(calls))(
    '%s answers 429, 500, 503 and HTML 502 and does nothing, then its work',
    async (route) => {
      simulator.change({ hold: true });
      const ids = { file: await upload(client, lines), batch: (await submit(client, lines)).id };
      const before = simulator.ledger.totals();
      const names = ['429', '500', '503', 'html_502'].map((ending) => `${route}_${ending}` as FaultName);
      await inject(...names.map((name) => ({ name, ms: 3000 })));
      const call = async (): Promise<unknown> => calls[route]?.(ids);
      const refusals: APIError[] = [];
      for (const _name of names) refusals.push(await refusalOf(call));
      expect(refusals.map(({ status }) => status)).toEqual([429, 500, 503, 502]);
      expect(refusals[0]?.headers?.get('retry-after')).toBe('3');
      expect(refusals[2]?.code).toBe('server_is_overloaded');
      expect(refusals[3]?.headers?.get('content-type')).toContain('text/html');
      const after = simulator.ledger.totals();
      expect([after.files, after.created, after.sync_calls]).toEqual([before.files, before.created, before.sync_calls]);
      await expect(call()).resolves.toBeDefined();
    },
  );

  test('retrieve_404 and content_404 name the id that was asked for', async () => {
    const file = await upload(client, lines);
    const batch = await client.batches.create(order);
    await inject({ name: 'retrieve_404' }, { name: 'content_404' });
    await expect(client.batches.retrieve(batch.id)).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining(batch.id),
    });
    await expect(client.files.content(file)).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining(file),
    });
    await client.batches.retrieve(batch.id);
    await client.files.content(file);
  });

  test('content_404 for a while: each file by itself, other files meanwhile, each whole in the end', async () => {
    const files = [await upload(client, lines), await upload(client, lines)];
    await inject({ name: 'content_404', forMs: 50 });
    for (const file of files) {
      let refused = 0;
      for (;;) {
        const status = await client.files.content(file).then(
          () => 200,
          (error: unknown) => (error instanceof OpenAI.APIError ? (error.status as number) : 0),
        );
        if (status === 200) break;
        expect(status).toBe(404);
        refused += 1;
      }
      expect(refused).toBeGreaterThan(0);
      await client.files.content(file);
    }
  });

  test('with a probability: the same seed gives the same calls to fail', async () => {
    const run = async (seed: number): Promise<boolean[]> => {
      await control(simulator, 'POST', '/control', { seed, faults: [{ name: 'list_503', probability: 0.5 }] });
      const failed: boolean[] = [];
      for (let count = 0; count < 30; count += 1) {
        failed.push(
          await client.batches.list().then(
            () => false,
            () => true,
          ),
        );
      }
      return failed;
    };
    const first = await run(7);
    expect(new Set(first)).toEqual(new Set([true, false]));
    expect(await run(7)).toEqual(first);
    expect(await run(8)).not.toEqual(first);
    expect(await control(simulator, 'GET', '/control')).toMatchObject({
      seed: 8,
      faults: [{ name: 'list_503', probability: 0.5 }],
    });
  });
});

test('upload_cut breaks the connection in the middle and stores nothing', async () => {
  const big = [chatLine('a', 'x'.repeat(3_000_000))];
  await inject({ name: 'upload_cut' });
  await expect(upload(client, big)).rejects.toBeInstanceOf(OpenAI.APIConnectionError);
  expect(simulator.ledger.totals().files).toBe(0);
  await upload(client, big);
  expect((await client.files.list()).data).toHaveLength(1);
});

describe('a create call that outlasts its client', () => {
  const leaveWhileWaiting = async (ms: number): Promise<void> => {
    await inject({ name: 'create_late', ms });
    const leaving = new AbortController();
    const gone = client.batches.create(order, { signal: leaving.signal }).catch((error: unknown) => error);
    while (simulator.ledger.totals().batches === 0) await nextTurn();
    leaving.abort();
    expect(await gone).toBeInstanceOf(OpenAI.APIUserAbortError);
  };

  test('has created nothing as long as it waits', async () => {
    await leaveWhileWaiting(3_600_000);
    expect(simulator.ledger.totals()).toMatchObject({ batches: 1, created: 0 });
    expect((await client.batches.list()).data).toEqual([]);
  });

  test('creates the batch all the same, late', async () => {
    await leaveWhileWaiting(50);
    while (simulator.ledger.totals().created === 0) await nextTurn();
    expect((await client.batches.list()).data).toHaveLength(1);
  });
});

describe('a batch that vanishes', () => {
  const listed = async (): Promise<number> => (await client.batches.list()).data.length;

  test('is 404 and not listed from then on, and runs all the same', async () => {
    simulator.change({ hold: true });
    const batch = await submit(client, lines);
    await inject({ name: 'batch_vanishes', skip: 1 });
    await client.batches.retrieve(batch.id);
    for (const call of [() => client.batches.retrieve(batch.id), () => client.batches.cancel(batch.id)]) {
      await expect(call()).rejects.toMatchObject({ status: 404 });
    }
    expect(await listed()).toBe(0);
    expect(await control(simulator, 'POST', `/batches/${batch.id}/finish`)).toMatchObject({ status: 'completed' });
    expect(simulator.ledger.countsOf('a').billed).toBe(1);
    await expect(client.batches.retrieve(batch.id)).rejects.toMatchObject({ status: 404 });
  });

  test('comes back after ms', async () => {
    const batch = await submit(client, lines);
    await inject({ name: 'batch_vanishes', ms: 30 });
    await expect(client.batches.retrieve(batch.id)).rejects.toMatchObject({ status: 404 });
    while ((await listed()) === 0) await nextTurn();
    await reach(client, batch.id, 'completed');
  });
});
