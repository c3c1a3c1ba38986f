// Up: Redis, store and simulator together; then gateway, batcher and results together. Down: the keeper's tiers.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '@batch-gpt/config';
import { choosePort } from './choose-port.ts';
import { createKeeper, type Keeper, type KeeperOptions } from './create-keeper.ts';
import { backingRedis, backingStore } from './find-backing.ts';
import { localConfigSchema } from './local-config.ts';
import { lockFolder } from './lock-folder.ts';
import { serviceEnv } from './service-env.ts';
import { stackParts, type Part } from './stack-parts.ts';

// What streams files of 200 MB needs little at a time, but a heap grows as far as the machine lets it.
const STREAMING_HEAP = ['--max-old-space-size=192', '--max-semi-space-size=8'];

/** How to start everything. */
export interface StackOptions extends KeeperOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Root of the data; the two modes keep theirs apart below it. */
  readonly dataHome: string;
  /** The rungs chosen on the command line. */
  readonly redis?: string | undefined;
  readonly store?: string | undefined;
}

/** Everything that runs. Disposing drains and stops it. */
export interface Stack extends AsyncDisposable {
  readonly parts: readonly Part[];
  readonly gatewayUrl: string;
  /** Null where a real provider is used. */
  readonly simulatorUrl: string | null;
  readonly dataDir: string;
  /** The process of each part we started, by name. */
  readonly pids: () => ReadonlyMap<string, number>;
  /** Kills what still runs, for those who will not wait. */
  readonly hurry: () => void;
}

/** Finds or starts Redis and the store, then starts the simulator (without a provider key) and every service, and keeps them running. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { env, terminal } = options;
  const config = loadConfig(localConfigSchema, env).local;
  // Made-up answers must not be found in the cache once a real provider is asked, so each mode has its own data.
  const dataDir = join(options.dataHome, config.demoMode ? 'demo' : 'live');
  await using started = new AsyncDisposableStack();
  started.use(await lockFolder(dataDir));
  const workDir = join(dataDir, 'work');
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  const keeper = started.use(createKeeper(options));

  const backing = {
    ...{ config, path: env['PATH'], dataDir, redis: options.redis, store: options.store },
    announce: terminal.say,
    keep: keeper.server,
  };
  const [redis, store, simulatorUrl] = await allOrNone([
    backingRedis(backing),
    backingStore(backing),
    config.demoMode ? simulate(keeper, env, dataDir) : null,
  ]);

  const common = serviceEnv(env, {
    redisUrl: redis.value,
    store: store.value,
    simulatorUrl: simulatorUrl === null ? null : `${simulatorUrl}/v1`,
    workDir,
  });
  const [port, opsPort] = await Promise.all([choosePort(config.port, 8080), choosePort(config.opsPort, 9090)]);
  const ports = { PORT: String(port), OPS_PORT: String(opsPort) };
  const worker = {
    tier: 'workers',
    serves: ['ops'],
    execArgv: STREAMING_HEAP,
    env: { ...common, OPS_PORT: '0' },
  } as const;
  const [gateway, batcher, results] = await allOrNone([
    keeper.service({ name: 'gateway', tier: 'entrance', serves: ['port', 'ops'], env: { ...common, ...ports } }),
    keeper.service({ name: 'batcher', ...worker }),
    keeper.service({ name: 'results', ...worker }),
  ]);

  const running = started.move();
  return {
    parts: stackParts({ gateway, batcher, results, simulatorUrl, redis, store }),
    gatewayUrl: `http://127.0.0.1:${gateway.port}`,
    simulatorUrl,
    dataDir,
    pids: keeper.pids,
    hurry: keeper.hurry,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function simulate(keeper: Keeper, env: NodeJS.ProcessEnv, dataDir: string): Promise<string> {
  const { port } = await keeper.service({
    name: 'simulator',
    tier: 'foundations',
    serves: ['port'],
    env: { ...env, PORT: '0', SIMULATOR_DATA_DIR: join(dataDir, 'simulator'), LOG_FORMAT: 'json' },
  });
  return `http://127.0.0.1:${port}`;
}

/** Like `Promise.all`, but when one fails the others are waited for: what still came up must be there to be stopped. */
async function allOrNone<T extends readonly unknown[] | []>(parts: T): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(parts);
  return Promise.all(parts);
}
