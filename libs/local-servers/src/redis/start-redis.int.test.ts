import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exchangeWithRedis } from '../wire/redis-exchange.ts';
import { findRedisProgram } from './find-redis.ts';
import { pingRedis } from '../wire/ping-redis.ts';
import { startRedis } from './start-redis.ts';

const program = await findRedisProgram({
  env: process.env,
  toolsDir: join(import.meta.dirname, '../../../../.data/tools'),
  mayInstall: false,
  announce: () => undefined,
});

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'start-redis-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const ask = (url: string, ...words: string[]): Promise<string[]> =>
  exchangeWithRedis(url, { commands: [words], replyLines: words[1] === 'GET' ? 5 : 1, timeoutMs: 5000 });

describe('a Redis of our own', () => {
  it('answers, never evicts, and is gone afterwards', async () => {
    const server = await startRedis({ program, dataDir });
    expect(await pingRedis(server.url)).toEqual({ ok: true });
    expect((await ask(server.url, 'CONFIG', 'GET', 'maxmemory-policy')).at(-1)).toBe('noeviction');
    expect((await ask(server.url, 'CONFIG', 'GET', 'appendonly')).at(-1)).toBe('yes');
    await server[Symbol.asyncDispose]();
    expect(await pingRedis(server.url)).toMatchObject({ ok: false });
  });

  it('finds its data again after an orderly end, on the port it is given', async () => {
    const first = await startRedis({ program, dataDir });
    await ask(first.url, 'SET', 'kept', 'yes');
    await first[Symbol.asyncDispose]();
    await using second = await startRedis({ program, dataDir, port: first.port });
    expect(second.url).toBe(first.url);
    expect(await ask(second.url, 'EXISTS', 'kept')).toEqual([':1']);
  });

  it('fails with what Redis says when its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    try {
      const { port } = taken.address() as AddressInfo;
      await expect(startRedis({ program, dataDir, port })).rejects.toThrow('Address already in use');
    } finally {
      taken.close();
    }
  });

  it('does not take another Redis on its port for its own', async () => {
    await using other = await startRedis({ program, dataDir: join(dataDir, 'other') });
    const start = startRedis({ program, dataDir: join(dataDir, 'mine'), port: other.port });
    await expect(start).rejects.toThrow('Address already in use');
  });

  it('waits for the former owner of its folder to leave', async () => {
    const former = await startRedis({ program, dataDir });
    const next = startRedis({ program, dataDir });
    // Only once the former one is gone may the next be up: it would have destroyed the append-only file.
    const order: string[] = [];
    const both = Promise.all([
      former.process.exited.then(() => order.push('former gone')),
      next.then(() => order.push('next up')),
    ]);
    await former[Symbol.asyncDispose]();
    await both;
    expect(order).toEqual(['former gone', 'next up']);
    await (await next)[Symbol.asyncDispose]();
  });
});

describe('a PING', () => {
  it('is refused with a reason where a password is wrong', async () => {
    await using server = await startRedis({ program, dataDir });
    await ask(server.url, 'CONFIG', 'SET', 'requirepass', 'right');
    expect(await pingRedis(server.url.replace('//', '//:right@'))).toEqual({ ok: true });
    const refused = await pingRedis(server.url.replace('//', '//:wrong@'));
    expect(refused).toMatchObject({ ok: false, reason: expect.stringContaining('WRONGPASS') });
    expect(JSON.stringify(refused)).not.toContain('wrong@');
  });
});
