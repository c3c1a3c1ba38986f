import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, chatCall } from './calls.ts';
import { askRedis } from './ask-redis.ts';
import { startStack, type Stack } from './start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    env: {
      ADMIN_TOKEN: 'canary-token-of-the-operators-0123456789',
      OPENAI_WEBHOOK_SECRET: `whsec_${Buffer.from('canary-of-the-webhook-secret-000').toString('base64url')}`,
    },
  });
});
afterAll(() => stack[Symbol.asyncDispose]());

describe('secrets and prompts', () => {
  // invariant I10
  it('are in no log line, metric, error body or value in Redis, and all of these were read', async () => {
    const phrase = 'canary-phrase-of-this-test';
    const call = chatCall(`answer the ${phrase}`);
    expect(await ask(stack.client(), call)).toBe(call.expected);
    const report = await stack.findLeaks([phrase]);
    expect(report).toMatchObject({ leaks: [], metricPages: 3, errorBodies: 4 });
    expect(report.logLines).toBeGreaterThan(3);
    expect(report.redisKeys).toBeGreaterThan(0);
  });

  it.each(['SET leak', 'HSET leak field', 'RPUSH leak', 'SADD leak', 'ZADD leak 1', 'XADD leak * field'])(
    'are found where %s has put one',
    async (command) => {
      await askRedis(stack.redis.port, `${command} before-planted-canary-after`);
      expect((await stack.findLeaks(['planted-canary'])).leaks).toEqual([expect.stringMatching(/in Redis$/u)]);
      await askRedis(stack.redis.port, 'DEL leak');
    },
  );

  it('are found in log lines and metrics: words that stand there are reported', async () => {
    const { leaks } = await stack.findLeaks(['listening', 'process_resident_memory_bytes', 'invalid_request_error']);
    expect(leaks.map((leak) => leak.replace(/^canary \d+ /u, ''))).toEqual(
      expect.arrayContaining(['in log lines', 'in metrics', 'in error bodies']),
    );
  });
});
