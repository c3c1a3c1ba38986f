import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { pingRedis } from '@batch-gpt/local-servers';
import { canTestMongo, startTestMongo } from './test-mongo.ts';
import { startTestRedis } from './test-redis.ts';

/** One command whose reply is one line. */
async function ask(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${command}\r\n`);
  const [reply] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return reply.toString().trim();
}

describe('a Redis for tests', () => {
  it('comes back on its port with its data, or without when told so', async () => {
    await using redis = await startTestRedis({ persistent: true });
    const former = redis.pid();
    expect(await ask(redis.port, 'SET kept yes')).toBe('+OK');
    await redis.restart();
    expect(redis.pid()).not.toBe(former);
    expect(await ask(redis.port, 'EXISTS kept')).toBe(':1');
    await redis.kill();
    expect(await pingRedis(redis.url)).toMatchObject({ ok: false });
    await redis.restart({ empty: true });
    expect(await ask(redis.port, 'EXISTS kept')).toBe(':0');
  });

  it('gives no answer while it is paused, and all of them afterwards', async () => {
    await using redis = await startTestRedis();
    await redis.pause();
    const paused = await pingRedis(redis.url, 200);
    redis.resume();
    expect(paused).toEqual({ ok: false, reason: 'no answer within 200 ms' });
    expect(await pingRedis(redis.url)).toEqual({ ok: true });
  });

  it('is apart from any other', async () => {
    await using one = await startTestRedis();
    await using two = await startTestRedis();
    await ask(one.port, 'SET mine yes');
    expect(await ask(two.port, 'EXISTS mine')).toBe(':0');
  });
});

const describeOnMongo = (await canTestMongo()) ? describe : describe.skip;

describeOnMongo('a MongoDB for tests', () => {
  it('has a database of its own for everybody who asks', async () => {
    await using one = await startTestMongo();
    await using two = await startTestMongo();
    expect(one?.url).toMatch(/^mongodb:\/\/.*\/test_[0-9a-f]{32}/);
    expect(one?.url).not.toBe(two?.url);
  });
});
