import { describe, expect, it } from '@jest/globals';
import { AppError } from '@batch-gpt/errors';
import { silentLogger, type LogFields } from '@batch-gpt/logging';
import { sampleBatchId, sampleGroup, sampleKey, sampleRequest } from '@batch-gpt/testing';
import type { ReadingProvider, ResultsDeps } from './results-deps.ts';
import {
  answered,
  at,
  body,
  createTestWorld,
  file,
  ok,
  row,
  snapshot,
  unanswered,
  type TestWorld,
} from './testing/test-world.ts';

const outcomeOf = async (world: TestWorld, n: number) => (await world.request(n)).outcome;
const announced = (world: TestWorld) => new Set(world.signals.seen.outcomes.flat());

describe('a batch with result files', () => {
  it('gives every request its own outcome, tells the gateways and closes with its totals', async () => {
    const world = await createTestWorld({
      lines: 4,
      output: file(ok(2), ok(0)),
      errors: file(answered(1, 404), answered(3, 500)),
    });
    await world.settle();

    expect(await world.request(0)).toMatchObject({
      state: 'done',
      attempt: 1,
      outcome: { kind: 'succeeded', status: 200, body: body(0), shareable: true, batchId: world.batch.id, at },
      reuseUntil: at + world.deps.retention.cacheTtl,
    });
    expect(await outcomeOf(world, 2)).toMatchObject({ body: body(2) });
    expect(await world.request(1)).toMatchObject({
      state: 'done',
      outcome: { kind: 'failed', status: 404, body: '{"error":{"message":"No."}}' },
      reuseUntil: at + world.deps.retention.failureTtl,
    });
    expect(await world.request(3)).toMatchObject({ state: 'accepted', attempt: 1, rounds: 0 });
    expect(announced(world)).toEqual(new Set([0, 1, 2].map(sampleKey)));
    expect(world.signals.seen.opened).toEqual([{ group: world.batch.group, delay: 5000 }]);
    expect(await world.record()).toMatchObject({
      state: 'settled',
      billed: { succeeded: 2, failed: 1, sentAgain: 1, inputTokens: 20, outputTokens: 4 },
    });
  });

  it('keeps a private row only for the grace of its retries', async () => {
    const world = await createTestWorld({ lines: 1, output: file(ok(0)), request: { base: sampleKey(99) } });
    await world.settle();
    const until = at + world.deps.retention.retryGrace;
    expect(await world.request(0)).toMatchObject({ reuseUntil: until, expiresAt: until });
  });

  // field 18
  it('stores numbers that no double holds, and lines with separators, as they were sent', async () => {
    const text = '{"choices":[{"finish_reason":"stop"}],"seed":12345678901234567890,"text":"a\u2028b"}';
    const world = await createTestWorld({ lines: 1, output: ok(0, text) });
    await world.settle();
    expect(await outcomeOf(world, 0)).toMatchObject({ body: text });
  });

  // field 3
  it('lets the first row of a key win, and ignores rows of others', async () => {
    const world = await createTestWorld({
      lines: 2,
      output: file(ok(0), answered(0, 500), row(0, '"response":null'), '{"custom_id":"x"}', 'no json', ok(77), ok(1)),
      errors: file(answered(1, 400)),
      counts: { total: 2, completed: 2 },
    });
    await world.settle();
    expect(await outcomeOf(world, 0)).toMatchObject({ kind: 'succeeded' });
    expect(await outcomeOf(world, 1)).toMatchObject({ kind: 'succeeded' });
  });

  it('sends expired lines again without counting an attempt', async () => {
    const world = await createTestWorld({
      lines: 2,
      output: file(ok(0)),
      errors: file(unanswered(1, 'batch_expired')),
      status: 'expired',
    });
    await world.settle();
    expect(await world.request(1)).toMatchObject({ state: 'accepted', attempt: 0, rounds: 1 });
  });

  it('settles more lines than one chunk holds', async () => {
    const world = await createTestWorld({
      lines: 1203,
      output: file(...Array.from({ length: 1203 }, (_, n) => ok(n))),
    });
    await world.settle();
    expect(await world.record()).toMatchObject({ state: 'settled', billed: { succeeded: 1203, inputTokens: 12_030 } });
    expect(announced(world).size).toBe(1203);
    expect(Math.max(...world.signals.seen.outcomes.map((keys) => keys.length))).toBe(500);
  });

  it('takes rows back out of the search for a bad line', async () => {
    const world = await createTestWorld({
      lines: 1,
      errors: file(answered(0, 503)),
      batch: { group: sampleGroup('gpt-4o-mini', '01') },
    });
    await world.settle();
    expect(await world.request(0)).toMatchObject({ state: 'accepted', group: sampleGroup() });
  });

  it('asks once more where a completed batch names no output file', async () => {
    const world = await createTestWorld({ lines: 1, counts: { total: 1, completed: 1 } });
    const outputFileId = world.provider.addFile(file(ok(0)));
    const late = { output_file_id: outputFileId, error_file_id: null };
    const getBatch = () => Promise.resolve(late) as unknown as ReturnType<ReadingProvider['getBatch']>;
    await world.settle({ providerOf: () => ({ ...world.provider, getBatch }) });
    expect(await outcomeOf(world, 0)).toMatchObject({ kind: 'succeeded' });
  });

  it.each(['unnamed', 'unknown'])('waits for the output file while it is %s', async (how) => {
    const world = await createTestWorld({ lines: 1, counts: { total: 1, completed: 1 } });
    const answer = how === 'unknown' ? null : { output_file_id: null, error_file_id: null };
    const getBatch = () => Promise.resolve(answer) as unknown as ReturnType<ReadingProvider['getBatch']>;
    const providerOf = () => ({ ...world.provider, getBatch });
    await expect(world.settle({ providerOf })).rejects.toMatchObject({ code: 'provider_unavailable' });
    expect(await world.request(0)).toMatchObject({ state: 'collected' });
    await world.settle({ providerOf, stuckAfter: 0 });
    expect(await outcomeOf(world, 0)).toMatchObject({
      kind: 'failed',
      body: expect.stringContaining('result_missing'),
    });
  });
});

describe('an answer that is larger than a row can hold', () => {
  it('becomes an explicit failure instead of stopping its batch', async () => {
    const world = await createTestWorld({
      lines: 2,
      output: file(ok(0), ok(1, `{"choices":[],"t":"${'é'.repeat(600)}"}`)),
    });
    await world.settle({ maxTextBytes: 1000 });
    expect(await outcomeOf(world, 0)).toMatchObject({ kind: 'succeeded' });
    expect(await world.request(1)).toMatchObject({
      state: 'done',
      attempt: 1,
      outcome: { kind: 'failed', status: 502, body: expect.stringContaining('1221 bytes') },
    });
    expect(await world.record()).toMatchObject({ state: 'settled', billed: { succeeded: 2 } });
  });
});

describe('a batch whose end nobody knows', () => {
  it('is not settled: what its files hold is paid for', async () => {
    const world = await createTestWorld({ lines: 2, status: 'in_progress' });
    await expect(world.settle()).rejects.toThrow('no final status');
    expect([(await world.request(0)).state, (await world.record()).state]).toEqual(['collected', 'ended']);
  });
});

describe('a line that is missing', () => {
  // field 3
  it('is sent again as an attempt where the counts agree', async () => {
    const world = await createTestWorld({ lines: 2, output: file(ok(0)) });
    await world.settle();
    expect(await world.request(1)).toMatchObject({ state: 'accepted', attempt: 1 });
    expect((await world.record()).billed).toMatchObject({ succeeded: 1, sentAgain: 1, failed: 0 });
  });

  // seed S4
  it.each([
    ['more were completed than we have', { total: 2, completed: 2 }],
    ['the totals differ', { total: 1, completed: 1 }],
  ])('fails where %s', async (_name, counts) => {
    const world = await createTestWorld({ lines: 2, output: file(ok(0)), counts });
    await world.settle();
    expect(await outcomeOf(world, 1)).toMatchObject({ kind: 'failed', status: 502 });
    expect(announced(world)).toContain(sampleKey(1));
    expect((await world.record()).billed).toMatchObject({ succeeded: 1, sentAgain: 0, failed: 1 });
  });

  it('fails where its line was longer than we read', async () => {
    const world = await createTestWorld({ lines: 2, output: file(ok(0), ok(1, `"${'x'.repeat(2000)}"`)) });
    await world.settle({ maxLineBytes: 1000 });
    expect(await outcomeOf(world, 1)).toMatchObject({
      kind: 'failed',
      body: expect.stringContaining('result_missing'),
    });
  });
});

describe('a cancelled batch', () => {
  // field 5
  it.each([
    ['here', { cancelRequestedAt: at }, 'completed'],
    ['at the provider', {}, 'cancelled'],
  ])('keeps what was paid and sends nothing again, cancelled %s', async (_name, batch, status) => {
    const world = await createTestWorld({
      lines: 4,
      output: file(ok(0)),
      errors: file(unanswered(1, 'batch_cancelled'), answered(2, 500)),
      batch,
      status,
    });
    await world.settle();
    expect(await outcomeOf(world, 0)).toMatchObject({ kind: 'succeeded' });
    for (const n of [1, 2, 3]) {
      expect(await outcomeOf(world, n)).toMatchObject({
        status: 409,
        body: expect.stringContaining('batch_cancelled'),
      });
    }
    expect((await world.record()).billed).toMatchObject({ succeeded: 1, failed: 3, sentAgain: 0 });
  });
});

describe('a file that cannot be read to its end', () => {
  const withFile = (world: TestWorld, chunks: readonly string[], missing = 5): Pick<ResultsDeps, 'providerOf'> => ({
    providerOf: () => ({
      ...world.provider,
      openFile: (id, signal) =>
        id === world.batch.provider?.errorFileId
          ? world.provider.openFile(id, signal)
          : Promise.resolve({
              bytes: Buffer.byteLength(chunks.join('')) + missing,
              chunks: (async function* () {
                await Promise.resolve();
                for (const chunk of chunks) yield Buffer.from(chunk);
              })(),
            }),
    }),
  });

  // field 3
  it('keeps what came whole, and decides nothing from what did not come', async () => {
    const world = await createTestWorld({ lines: 2, output: file(ok(0), ok(1)), errors: '' });
    const half = `${ok(0)}\n${ok(1).slice(0, 40)}`;
    await expect(world.settle(withFile(world, [half]))).rejects.toMatchObject({ code: 'provider_unavailable' });
    expect(await world.members()).toMatchObject([{ key: sampleKey(1) }]);
    expect(await world.record()).toMatchObject({ state: 'ended', billed: null });

    await world.settle();
    expect(await outcomeOf(world, 1)).toMatchObject({ kind: 'succeeded' });
    expect(await world.record()).toMatchObject({ state: 'settled', billed: { succeeded: 2 } });
  });

  it('is not taken for whole when it is longer than its file object says', async () => {
    const world = await createTestWorld({ lines: 1, output: file(ok(0)) });
    await expect(world.settle(withFile(world, [file(ok(0))], -1))).rejects.toMatchObject({
      code: 'provider_unavailable',
    });
  });

  it('leaves the batch as it is while the provider does not know the file', async () => {
    const world = await createTestWorld({ lines: 1, output: file(ok(0)) });
    const gone = { ...world.provider, openFile: () => Promise.resolve(null) };
    await expect(world.settle({ providerOf: () => gone })).rejects.toMatchObject({ code: 'provider_unavailable' });
    expect(await world.record()).toMatchObject({ state: 'ended' });
    expect(await world.members()).toHaveLength(1);
  });

  it('raises an alarm once that lasts too long', async () => {
    const world = await createTestWorld({ lines: 1, output: file(ok(0)) });
    world.provider.setReadError('provider_unavailable');
    const alarms: [string, LogFields | undefined][] = [];
    const logger = { ...silentLogger, error: (msg: string, fields?: LogFields) => alarms.push([msg, fields]) };
    const after = (stuckAfter: number) => world.settle({ logger, stuckAfter }).catch(() => undefined);
    await after(1e12);
    expect(alarms).toEqual([]);
    await after(1);
    expect(alarms).toMatchObject([['results of an ended batch cannot be read', { providerBatchId: 'batch_p' }]]);
  });
});

describe('a batch that ended without results', () => {
  const cause = { status: 400, code: 'bad', message: 'Bad file.', param: null, type: 'invalid_request_error' };

  // field 3
  it('fails every member with its cause', async () => {
    const world = await createTestWorld({ lines: 501, batch: { cause } });
    await world.settle();
    for (const request of await world.requests()) {
      expect(request).toMatchObject({ state: 'done', attempt: 0, outcome: { status: 400 } });
    }
    expect(announced(world).size).toBe(501);
    expect(await world.record()).toMatchObject({ state: 'settled', billed: { succeeded: 0, failed: 501 } });
  });

  it('fails the lines that were named and returns all others unharmed', async () => {
    const world = await createTestWorld({ lines: 3, batch: { namedLines: [{ key: sampleKey(1), cause }] } });
    await world.settle();
    expect(await outcomeOf(world, 1)).toMatchObject({ kind: 'failed', status: 400 });
    for (const n of [0, 2]) expect(await world.request(n)).toMatchObject({ state: 'accepted', attempt: 0, rounds: 0 });
    expect(announced(world)).toEqual(new Set([sampleKey(1)]));
    expect(world.signals.seen.opened).toHaveLength(1);
    expect((await world.record()).billed).toMatchObject({ failed: 1, sentAgain: 2 });
  });

  it('returns nothing after a cancel', async () => {
    const batch = { namedLines: [{ key: sampleKey(1), cause }], cancelRequestedAt: at };
    const world = await createTestWorld({ lines: 2, batch });
    await world.settle();
    expect(await outcomeOf(world, 0)).toMatchObject({ status: 409 });
    expect((await world.record()).billed).toMatchObject({ failed: 2, sentAgain: 0 });
  });
});

describe('a batch that an operator gave up', () => {
  it('frees its members at once, and is counted when the provider has ended it', async () => {
    const running = await createTestWorld({ lines: 2, status: 'in_progress', batch: { state: 'abandoned' } });
    await running.settle();
    expect(await outcomeOf(running, 0)).toMatchObject({ status: 502, body: expect.stringContaining('batch_lost') });
    expect(await running.record()).toMatchObject({ state: 'abandoned' });

    const ended = await createTestWorld({ lines: 2, output: file(ok(0), ok(1)), batch: { state: 'abandoned' } });
    await ended.settle();
    const unused = { inputTokens: 0, outputTokens: 0, cachedTokens: 0 };
    expect(await ended.record()).toMatchObject({ state: 'settled', billed: { succeeded: 2, inputTokens: 20, unused } });
  });
});

describe('a batch in another state', () => {
  it.each(['submitted', 'settled', 'void'] as const)('is left alone: %s', async (state) => {
    const world = await createTestWorld({ lines: 1, output: file(ok(0)), batch: { state } });
    await world.settle();
    expect(await world.members()).toHaveLength(1);
    expect(await world.record()).toMatchObject({ state, billed: null });
  });
});

describe('signals that are lost', () => {
  it('change nothing but the time that waiters wait', async () => {
    const world = await createTestWorld({ lines: 2, output: file(ok(0)) });
    world.signals.setAway(true);
    await world.settle();
    expect(await world.record()).toMatchObject({ state: 'settled' });
    expect(await outcomeOf(world, 0)).toMatchObject({ kind: 'succeeded' });
  });
});

describe('a run that breaks off', () => {
  const mixed = () =>
    createTestWorld({
      lines: 524,
      output: file(...Array.from({ length: 520 }, (_, n) => ok(n)), answered(520, 0)),
      errors: file(answered(521, 400), answered(522, 429)),
    });

  /** Every call to a store fails from the n-th one on, before or after it took effect. */
  function breakAt<T extends object>(port: T, calls: { left: number }, when: 'before' | 'after'): T {
    return new Proxy(port, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          const dies = calls.left <= 0;
          calls.left -= 1;
          const died = new AppError('store_unavailable', 'killed');
          if (dies && when === 'before') throw died;
          const result: unknown = await Reflect.apply(method, target, args);
          if (dies) throw died;
          return result;
        };
      },
    });
  }

  // field 2
  it.each(['before', 'after'] as const)(
    'ends as if it had not, whatever call broke %s it took effect',
    async (when) => {
      const smooth = await mixed();
      await smooth.settle();
      const [requests, record] = [await smooth.requests(), await smooth.record()];

      let brokenRuns = 0;
      for (let n = 0; ; n += 1) {
        const world = await mixed();
        const calls = { left: n };
        const broken = {
          requests: breakAt(world.deps.requests, calls, when),
          batches: breakAt(world.deps.batches, calls, when),
        };
        const survived = await world.settle(broken).then(
          () => true,
          () => false,
        );
        await world.settle();

        expect(await world.requests()).toEqual(requests);
        expect(await world.record()).toMatchObject({ state: 'settled', billed: record.billed });
        const ended = requests.filter(({ state }) => state === 'done').map(({ key }) => key);
        expect(ended.filter((key) => !announced(world).has(key))).toEqual([]);
        if (survived) break;
        brokenRuns += 1;
      }
      expect(brokenRuns).toBeGreaterThan(8);
    },
  );

  // field 24
  it('changes nothing when it is repeated after the end', async () => {
    const world = await mixed();
    await world.settle();
    const before = [await world.requests(), await world.record()];
    await world.settle();
    expect([await world.requests(), await world.record()]).toEqual(before);
  });

  it('never takes back a row that another batch has collected meanwhile', async () => {
    const world = await mixed();
    const calls = { left: 6 };
    await world.settle({ requests: breakAt(world.deps.requests, calls, 'after') }).catch(() => undefined);
    const other = `batch_${'f'.repeat(32)}` as typeof world.batch.id;
    const waiting = (await world.requests()).filter((request) => request.state === 'accepted').map(({ key }) => key);
    await world.stores.requests.claim(world.batch.group, other, waiting, at);
    await world.settle();
    const held = (await world.requests()).filter((request) => request.batchId === other).map(({ key }) => key);
    expect(held).toEqual(waiting);
  });

  it('stops between chunks when it is told to', async () => {
    const world = await mixed();
    const { settleBatch } = await import('./settle-batch.ts');
    const stop = AbortSignal.abort(new Error('draining'));
    await expect(settleBatch(world.deps, world.batch.id, stop)).rejects.toThrow('draining');
    expect(await world.record()).toMatchObject({ state: 'ended' });
  });

  // field 8
  it('lets late answers replace its own failures and serve rows that wait again, and no others', async () => {
    const world = await createTestWorld({ lines: 4, status: 'in_progress', batch: { state: 'abandoned' } });
    await world.settle();
    const { requests, batches } = world.stores;
    const anew = (n: number) => ({ row: sampleRequest(n), doneAt: at });
    await requests.acceptAnew([anew(1), anew(2)]);
    await requests.claim(world.batch.group, sampleBatchId(2), [sampleKey(2)], at);
    const late = world.provider.addFile(file(ok(0), ok(1), ok(2), answered(3, 400)));
    const { id, state, epoch } = await world.record();
    const provider = { ...snapshot, outputFileId: late, counts: { total: 4, completed: 3, failed: 1 } };
    await batches.move({ id, state, epoch }, { to: 'abandoned', change: { provider }, at });

    await world.settle();
    expect(await world.request(0)).toMatchObject({ state: 'done', outcome: { kind: 'succeeded', body: body(0) } });
    expect(await world.request(1)).toMatchObject({ state: 'done', outcome: { kind: 'succeeded', body: body(1) } });
    expect(await world.request(2)).toMatchObject({ state: 'collected', batchId: sampleBatchId(2) });
    expect(await world.request(3)).toMatchObject({ outcome: { body: expect.stringContaining('batch_lost') } });
    // Of the three that were paid, the one whose request runs again elsewhere was of no use.
    const unused = { inputTokens: 10, outputTokens: 2, cachedTokens: 0 };
    expect(await world.record()).toMatchObject({ state: 'settled', billed: { succeeded: 3, inputTokens: 30, unused } });
  });

  it('whose results cannot be read for too long tells its waiters and keeps its rows', async () => {
    const world = await createTestWorld({ lines: 2, batch: { provider: { ...snapshot, outputFileId: 'file-gone' } } });
    await expect(world.settle({ stuckAfter: -1 })).rejects.toMatchObject({ code: 'provider_unavailable' });
    expect(await world.record()).toMatchObject({ state: 'ended', trouble: { code: 'batch_lost' } });
    expect(announced(world)).toEqual(new Set([0, 1].map(sampleKey)));
    expect(await world.request(0)).toMatchObject({ state: 'collected' });
  });
});
