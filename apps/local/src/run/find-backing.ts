import { join } from 'node:path';
import {
  findRedis,
  findStore,
  startMongo,
  startRedis,
  type MongoProgram,
  type RedisProgram,
} from '@batch-gpt/local-servers';
import { toolsDir } from '../workspace.ts';
import type { Keeper } from './create-keeper.ts';
import type { LocalConfig } from './local-config.ts';
import type { Backing } from './service-env.ts';

/** What is needed to get a Redis and a store. */
export interface BackingOptions {
  readonly config: LocalConfig;
  readonly path: string | undefined;
  readonly dataDir: string;
  /** The rungs that were chosen on the command line. */
  readonly redis: string | undefined;
  readonly store: string | undefined;
  readonly announce: (line: string) => void;
  /** Keeps a server running under this name and resolves when it is up. */
  readonly keep: Keeper['server'];
}

/** A part of the run that is up: how it was come by, for the table, and its value for the services. */
export interface Found<T> {
  readonly how: string;
  readonly where: string;
  readonly value: T;
}

/** Finds or starts Redis. */
export async function backingRedis(options: BackingOptions): Promise<Found<Backing['redisUrl']>> {
  const { config, path, redis: only, announce } = options;
  const env = { PATH: path, REDIS_URL: config.redisUrl?.reveal() };
  const found = await findRedis({ env, toolsDir, mayInstall: true, only, announce });
  if (found.kind === 'given') return { how: found.how, where: withoutLogin(found.url), value: null };
  const url = await keepRedis(found, options);
  return { how: found.how, where: url, value: url };
}

async function keepRedis(program: RedisProgram, { dataDir, keep }: BackingOptions): Promise<string> {
  const folder = join(dataDir, 'redis');
  let port: number | undefined;
  await keep('redis', async (signal) => {
    const server = await startRedis({ program, dataDir: folder, signal, ...(port === undefined ? {} : { port }) });
    // The services know it by this port: after a crash it must come back on it.
    port = server.port;
    return server.process;
  });
  return `redis://127.0.0.1:${port ?? 0}`;
}

/** Finds or starts MongoDB, or names the file of the embedded store. */
export async function backingStore(options: BackingOptions): Promise<Found<Backing['store']>> {
  const { config, path, dataDir, store: only } = options;
  if (only === undefined && config.mongoHost !== null)
    return { how: 'MONGO_HOST', where: config.mongoHost, value: null };
  if (only === undefined && config.sqlitePath !== null) {
    // Made-up answers must never end up among real ones.
    return embedded('SQLITE_PATH', config.demoMode ? `${config.sqlitePath}.demo` : config.sqlitePath);
  }
  const found = await findStore({ env: { PATH: path, MONGODB_URL: config.mongodbUrl?.reveal() }, only });
  switch (found.kind) {
    case 'given':
      return { how: found.how, where: withoutLogin(found.url), value: null };
    case 'embedded':
      return embedded(found.how, join(dataDir, 'store.sqlite'));
    case 'program': {
      const url = await keepMongo(found, options);
      return { how: found.how, where: url, value: { MONGODB_URL: url } };
    }
  }
}

const embedded = (how: string, file: string): Found<Backing['store']> => ({
  how,
  where: file,
  value: { SQLITE_PATH: file },
});

async function keepMongo(program: MongoProgram, { dataDir, keep }: BackingOptions): Promise<string> {
  const folder = join(dataDir, 'mongo');
  let port: number | undefined;
  let url = '';
  await keep('mongodb', async (signal) => {
    const server = await startMongo({ program, dataDir: folder, signal, ...(port === undefined ? {} : { port }) });
    ({ port, url } = server);
    return server.process;
  });
  return url;
}

/** An address as it may be shown. */
const withoutLogin = (url: string): string => url.replace(/\/\/[^@/]*@/, '//');
