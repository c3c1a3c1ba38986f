import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@batch-gpt/errors';
import { freePort } from '../process/free-port.ts';
import { spawnServer, type ServerProcess } from '../process/spawn-server.ts';
import { pingRedis, redisFolder } from '../wire/ping-redis.ts';
import type { RedisProgram } from './redis-program.ts';

const PORT_ATTEMPTS = 5;
const FORMER_OWNER_MS = 15_000;

/** How to start a Redis of our own. */
export interface StartRedisOptions {
  readonly program: RedisProgram;
  /** Absolute; made when missing. One Redis at a time may use it. */
  readonly dataDir: string;
  /** A free one when not given. */
  readonly port?: number;
  /** Append-only file, fsync every second; without it nothing survives an end. Default true. */
  readonly persistent?: boolean;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** A Redis we started on loopback; disposing it stops it. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly process: ServerProcess;
}

/** Starts Redis on loopback, never evicting, and resolves when it answers PING (so its append-only file is loaded). */
export async function startRedis(options: StartRedisOptions): Promise<RedisServer> {
  await mkdir(options.dataDir, { recursive: true });
  // Redis names its folder without symbolic links.
  const launch = { ...options, dataDir: await realpath(options.dataDir) };
  await untilFormerOwnerLeft(launch);
  if (launch.port !== undefined) return startOn(launch.port, launch);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(await freePort(), launch);
    } catch (error) {
      // A free port can be lost between asking and listening.
      const lost = error instanceof Error && error.message.includes('Address already in use');
      if (!lost || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function startOn(port: number, options: StartRedisOptions): Promise<RedisServer> {
  const { program, dataDir, persistent = true, onLine, signal } = options;
  const url = `redis://127.0.0.1:${port}`;
  const process = await spawnServer({
    name: 'redis',
    command: program.command,
    args: program.args({ port, dataDir, settings: settingsFor(persistent) }),
    // Its folder tells ours from a stranger that took the port first.
    ready: async () => (await redisFolder(port)) === program.folder(dataDir) && (await pingRedis(url, 1000)).ok,
    readyTimeoutMs: program.readyTimeoutMs,
    ...(onLine === undefined ? {} : { onLine }),
    ...(signal === undefined ? {} : { signal }),
  });
  await writeFile(portFile(dataDir), `${port}\n`);
  return { url, port, process, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
}

const settingsFor = (persistent: boolean): readonly string[] => [
  ...['--appendonly', persistent ? 'yes' : 'no', '--appendfsync', 'everysec'],
  ...['--save', '', '--maxmemory-policy', 'noeviction'],
];

/**
 * Redis does not lock its folder, and two on one append-only file destroy it. If the last one to use it still listens
 * (its owner was killed and its guard is stopping it), wait.
 */
async function untilFormerOwnerLeft({ dataDir, program }: StartRedisOptions): Promise<void> {
  const port = Number(await readFile(portFile(dataDir), 'utf8').catch(() => ''));
  if (!Number.isInteger(port) || port <= 0) return;
  const limit = AbortSignal.timeout(FORMER_OWNER_MS);
  while ((await redisFolder(port)) === program.folder(dataDir)) {
    if (limit.aborted)
      throw new AppError('config_invalid', `another Redis (port ${port}) still uses ${dataDir}: stop it first`);
    await delay(50);
  }
}

const portFile = (dataDir: string): string => join(dataDir, 'port');
