import { AppError } from '@batch-gpt/errors';
import { type LogFields, type Logger, silentLogger } from '@batch-gpt/logging';
import { eventually, startTestRedis, type TestServer } from '@batch-gpt/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { connectRedis } from './connect-redis.ts';
import type { Consumer, ConsumerOptions } from './consumer.ts';
import { createConsumer } from './create-consumer.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { defaultPrefix } from './queue-keys.ts';
import { aBatchId } from './test-data.ts';

const jobKeys = 'batch-gpt:finished-batches:[0-9]*';
let server: TestServer;
let redis: Redis;
let publisher: Publisher<'finishedBatches'>;
let open: Consumer[];

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => {
  redis = connectRedis({ url: server.url, role: 'commands', logger: silentLogger });
  await redis.flushall();
  publisher = createPublisher('finishedBatches', { redis, prefix: defaultPrefix });
  open = [];
});
afterEach(async () => {
  await Promise.all(open.map((consumer) => consumer[Symbol.asyncDispose]()));
  await publisher[Symbol.asyncDispose]();
  redis.disconnect();
});

type Options = Partial<ConsumerOptions<'finishedBatches'>> & Pick<ConsumerOptions<'finishedBatches'>, 'handler'>;

function consume(options: Options): Consumer {
  const consumer = createConsumer('finishedBatches', {
    redisUrl: server.url,
    logger: silentLogger,
    concurrency: 5,
    ...options,
  });
  open.push(consumer);
  return consumer;
}

function recordingLogger(): { logger: Logger; lines: { level: string; msg: string; fields: LogFields | undefined }[] } {
  const lines: { level: string; msg: string; fields: LogFields | undefined }[] = [];
  const at = (level: string) => (msg: string, fields?: LogFields) => void lines.push({ level, msg, fields });
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return { logger, lines };
}

const noJobs = () => eventually(async () => (await redis.keys(jobKeys)).length === 0);

describe('a consumer', () => {
  test('gives every payload to the handler and leaves no job behind', async () => {
    const seen = new Set<string>();
    consume({ handler: ({ batchId }) => Promise.resolve(void seen.add(batchId)) });
    const payloads = Array.from({ length: 300 }, (_, index) => ({ batchId: aBatchId(index) }));
    await publisher.publishAll(payloads);
    await eventually(() => seen.size === 300);
    await noJobs();
    expect(await redis.exists('batch-gpt:finished-batches:completed')).toBe(0);
  });

  test('gives an invalid payload up without calling the handler, and counts it', async () => {
    const { logger, lines } = recordingLogger();
    const failed: string[] = [];
    let calls = 0;
    consume({
      logger,
      onFailed: (queue) => failed.push(queue),
      handler: () => Promise.resolve(void (calls += 1)),
    });
    await publisher.queue.add('settle', { batchId: 'someone else’s secret' });
    await eventually(() => failed.length === 1);
    await noJobs();
    expect(calls).toBe(0);
    expect(failed).toEqual(['finished-batches']);
    expect(lines).toMatchObject([
      { level: 'error', msg: 'a job was given up', fields: { err: { code: 'internal_error' } } },
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret');
    expect(await redis.exists('batch-gpt:finished-batches:failed')).toBe(0);
  });

  test('tries a job again after an error that may pass, and knows how often it failed', async () => {
    const attempts: number[] = [];
    consume({
      handler: (_payload, context) => {
        attempts.push(context.attempts);
        if (attempts.length < 3) throw new AppError('store_unavailable', 'away', { retryAfterMs: 1 });
        return Promise.resolve();
      },
    });
    await publisher.publish({ batchId: aBatchId(1) });
    await eventually(() => attempts.length === 3);
    expect(attempts).toEqual([0, 1, 2]);
    await noJobs();
  });

  test('tries a job again after an unknown error', async () => {
    let calls = 0;
    consume({
      handler: () => {
        calls += 1;
        return calls === 1 ? Promise.reject(new TypeError('a bug')) : Promise.resolve();
      },
    });
    await publisher.publish({ batchId: aBatchId(1) });
    await eventually(() => calls === 2);
  });

  test('gives a job up after an error that never passes', async () => {
    const { logger, lines } = recordingLogger();
    let calls = 0;
    consume({
      logger,
      handler: () => {
        calls += 1;
        throw new AppError('batch_not_found', 'no such batch');
      },
    });
    await publisher.publish({ batchId: aBatchId(1) });
    await eventually(() => lines.length === 1);
    await noJobs();
    expect(calls).toBe(1);
    expect(lines[0]).toMatchObject({ level: 'debug', msg: 'a job was given up' });
  });

  test('a job that failed does not swallow the next one of its id', async () => {
    let calls = 0;
    consume({
      handler: () => {
        calls += 1;
        throw new AppError('batch_not_found', 'no such batch');
      },
    });
    const deduplication = { id: 'one', keepLastIfActive: true };
    for (const round of [1, 2, 3]) {
      await publisher.publish({ batchId: aBatchId(1) }, { deduplication });
      await eventually(() => calls === round);
      await noJobs();
    }
  });

  test('keeps the text and the stack of an error out of Redis', async () => {
    const { logger, lines } = recordingLogger();
    consume({ logger, handler: () => Promise.reject(new Error('Bearer sk-secret')) });
    await publisher.publish({ batchId: aBatchId(1) });
    await eventually(() => lines.length === 1);
    const [job] = await eventually(async () => {
      const found = await redis.zrange('batch-gpt:finished-batches:delayed', '0', '-1');
      return found.length === 1 && found;
    });
    const stored = JSON.stringify(await redis.hgetall(`batch-gpt:finished-batches:${job ?? ''}`));
    const events = JSON.stringify(await redis.xrange('batch-gpt:finished-batches:events', '-', '+'));
    expect(stored + events).not.toMatch(/secret|int\.test|node_modules/);
  });

  test.each([0, 201, 1.5])('refuses a concurrency of %d', (concurrency) => {
    expect(() => consume({ concurrency, handler: () => Promise.resolve() })).toThrow('must be 1 to 200');
  });
});

describe('the end of a consumer', () => {
  test('waits for the running handler, which is not aborted, and takes nothing new', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const seen: string[] = [];
    let aborted = false;
    const consumer = consume({
      concurrency: 1,
      handler: async ({ batchId }, { signal }) => {
        seen.push(batchId);
        await promise;
        aborted = signal.aborted;
      },
    });
    await publisher.publishAll([{ batchId: aBatchId(1) }, { batchId: aBatchId(2) }]);
    await eventually(() => seen.length === 1);
    const ended = consumer[Symbol.asyncDispose]();
    resolve(undefined);
    await ended;
    expect({ seen, aborted }).toEqual({ seen: [aBatchId(1)], aborted: false });
    expect(await redis.llen('batch-gpt:finished-batches:wait')).toBe(1);
    expect(await redis.llen('batch-gpt:finished-batches:active')).toBe(0);
  });

  test('aborts a handler that takes too long', async () => {
    let started = false;
    const consumer = consume({
      drainMs: 1,
      handler: async (_payload, { signal }) => {
        started = true;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    });
    await publisher.publish({ batchId: aBatchId(1) });
    await eventually(() => started);
    await consumer[Symbol.asyncDispose]();
    await noJobs();
  });

  test('leaves a handler that does not listen, and another consumer does its job again', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    let started = false;
    const deaf = consume({
      drainMs: 1,
      abortMs: 1,
      lockMs: 1_000,
      handler: async () => {
        started = true;
        await promise;
      },
    });
    await publisher.publish({ batchId: aBatchId(1) });
    await eventually(() => started);
    await deaf[Symbol.asyncDispose]();
    const seen: string[] = [];
    consume({ stalledCheckMs: 200, handler: ({ batchId }) => Promise.resolve(void seen.push(batchId)) });
    await eventually(() => seen.length === 1);
    expect(seen).toEqual([aBatchId(1)]);
    resolve(undefined);
  });
});
