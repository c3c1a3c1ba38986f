import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnService, startTestMongo, startTestRedis, type TestServer, type TestService } from '@batch-gpt/testing';
import OpenAI from 'openai';
import { promptCanary } from './calls.ts';
import { findLeaks, type LeakReport } from './find-leaks.ts';
import { createWitness, type Witness } from './witness.ts';

/** Services of which a stack runs several side by side. */
export type Role = 'gateway' | 'batcher' | 'results';

/** How many of each, on which store, and settings beyond the shortened defaults. */
export interface StackOptions {
  readonly store?: 'sqlite' | 'mongo';
  readonly gateways?: number;
  readonly batchers?: number;
  readonly results?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly simulator?: Readonly<Record<string, string>>;
  /** Entries of the accounts file, given the simulator's base URL; without it the variables name one account. */
  readonly accounts?: (baseUrl: string) => readonly Readonly<Record<string, unknown>>[];
  /** What one service alone gets besides: settings, and flags of Node. */
  readonly perService?: (role: Role, index: number) => ServiceExtras;
}

/** Settings and flags of Node of one service. */
export interface ServiceExtras {
  readonly env?: Readonly<Record<string, string>>;
  readonly execArgv?: readonly string[];
}

/** The whole system: every service, Redis, the store and the provider's stand-in, each a process of its own. */
export interface Stack extends AsyncDisposable {
  readonly redis: TestServer;
  /** Null on the embedded store. */
  readonly mongo: TestServer | null;
  readonly witness: Witness;
  readonly simulatorUrl: string;
  readonly services: (role: Role) => readonly TestService[];
  /** Ends one service by this signal, if it still lives, and starts it again with the same settings; a gateway keeps its port. */
  readonly restart: (role: Role, index: number, signal?: NodeJS.Signals) => Promise<void>;
  readonly restartAll: () => Promise<void>;
  /** The official client, with nothing changed but its base URL. */
  readonly client: (gateway?: number, options?: { readonly maxRetries?: number; readonly timeout?: number }) => OpenAI;
  readonly fetch: (path: string, init?: RequestInit, gateway?: number) => Promise<Response>;
  /** Looks for the stack's secrets where none may be; disposing does it too, and throws when there is one. */
  readonly findLeaks: (moreCanaries?: readonly string[]) => Promise<LeakReport>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

// The protocol's durations, scaled down together: they keep their order and their ratios' directions.
const shortened = {
  COLLATE_BATCHES_FOR_DURATION_IN_MS: '400',
  SWEEP_EVERY_MS: '700',
  POLL_MIN_MS: '100',
  COLLECT_BATCH_STATS_POLLING_MAX_INTERVAL_SECONDS: '1',
  BATCH_BEAT_MS: '300',
  BATCH_OWNER_GONE_AFTER_MS: '2500',
  CREATE_TIMEOUT_MS: '2000',
  RECONCILE_GRACE_MS: '2500',
  FENCE_WAIT_MS: '1500',
  RESULTS_STUCK_AFTER_MS: '8000',
};

// As `npm start` does for batcher and results: without a limit a heap grows as far as the machine lets it.
const heapLimit = ['--max-old-space-size=192', '--max-semi-space-size=8'];

const quickProvider = {
  SIMULATOR_VALIDATING_MS: '50',
  SIMULATOR_IN_PROGRESS_MS: '150',
  SIMULATOR_FINALIZING_MS: '50',
  SIMULATOR_CANCELLING_MS: '100',
};

/** Starts everything and resolves when all of it is ready; disposing ends it in reverse. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'batch-gpt-e2e-'));
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const redis = starting.use(await startTestRedis({ persistent: true }));
  const mongo = options.store === 'mongo' ? starting.use(await mongoOrThrow()) : null;
  const simulator = starting.use(
    await spawnService({
      app: 'simulator',
      env: { ...quickProvider, SIMULATOR_DATA_DIR: join(folder, 'simulator'), ...options.simulator },
    }),
  );
  const env: Record<string, string> = {
    ...shortened,
    REDIS_URL: redis.url,
    ...(mongo === null ? { SQLITE_PATH: join(folder, 'store.sqlite') } : { MONGODB_URL: mongo.url }),
    ...(await payers(options, `${simulator.url}/v1`, folder)),
    WORK_DIR: join(folder, 'work'),
    ...options.env,
  };

  const running: Record<Role, TestService[]> = { gateway: [], batcher: [], results: [] };
  const everLaunched: TestService[] = [];
  const launch = async (role: Role, index: number, port = 0): Promise<TestService> => {
    const extras = options.perService?.(role, index) ?? {};
    const service = await spawnService({
      app: role,
      name: `${role} ${index}`,
      env: { ...env, ...extras.env, ...(port === 0 ? {} : { PORT: String(port) }) },
      waitFor: 'listening',
      execArgv: [...heapLimit, ...(extras.execArgv ?? [])],
    });
    everLaunched.push(service);
    return service;
  };
  starting.defer(async () => {
    await Promise.all(
      Object.values(running).flatMap((services) => services.map((service) => service[Symbol.asyncDispose]())),
    );
  });
  const wanted: Record<Role, number> = {
    gateway: options.gateways ?? 1,
    batcher: options.batchers ?? 1,
    results: options.results ?? 1,
  };
  const launches = roles.flatMap((role) =>
    Array.from({ length: wanted[role] }, async (_, index) => {
      running[role][index] = await launch(role, index);
    }),
  );
  // All of them, also when one fails: what started has to be ended.
  await Promise.allSettled(launches);
  await Promise.all(launches);

  const serviceAt = (role: Role, index: number): TestService => {
    const service = running[role][index];
    if (service === undefined) throw new Error(`there is no ${role} ${index}`);
    return service;
  };
  const restart = async (role: Role, index: number, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    const former = serviceAt(role, index);
    await former.kill(signal);
    running[role][index] = await launch(role, index, former.port);
  };
  const leaks = (moreCanaries: readonly string[] = []): Promise<LeakReport> =>
    findLeaks({
      canaries: [callerKey, promptCanary, ...secretsOf(env), ...moreCanaries],
      services: everLaunched,
      gateways: running.gateway,
      redisPort: redis.port,
      callerKey,
      prompt: promptCanary,
    });
  const cleanup = starting.move();
  return {
    redis,
    mongo,
    witness: createWitness(simulator.url),
    simulatorUrl: simulator.url,
    services: (role) => running[role],
    restart,
    restartAll: async () => {
      await Promise.all(roles.flatMap((role) => running[role].map((_, index) => restart(role, index))));
    },
    client: (gateway = 0, { maxRetries = 2, timeout = 120_000 } = {}) =>
      new OpenAI({ baseURL: `${serviceAt('gateway', gateway).url}/v1`, apiKey: callerKey, maxRetries, timeout }),
    fetch: (path, init = {}, gateway = 0) => fetch(`${serviceAt('gateway', gateway).url}${path}`, init),
    findLeaks: leaks,
    [Symbol.asyncDispose]: async () => {
      await using _ending = cleanup;
      const found = await leaks();
      if (found.leaks.length > 0) throw new Error(`secrets leaked: ${found.leaks.join(', ')}`);
    },
  };
}

async function payers({ accounts }: StackOptions, baseUrl: string, folder: string): Promise<Record<string, string>> {
  if (accounts === undefined) return { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: 'sk-e2e-provider' };
  const file = join(folder, 'accounts.json');
  await writeFile(file, JSON.stringify({ accounts: accounts(baseUrl) }), { mode: 0o600 });
  return { OPENAI_ACCOUNTS_FILE: file };
}

const callerKey = 'sk-any-canary-of-callers';

// Only plain words: what an account's file or a list in JSON holds is the test's own to look for.
function secretsOf(env: Readonly<Record<string, string>>): readonly string[] {
  return ['OPENAI_API_KEY', 'OPENAI_WEBHOOK_SECRET', 'ADMIN_TOKEN', 'GATEWAY_API_KEYS']
    .flatMap((name) => (env[name] ?? '').split(','))
    .filter((word) => /^[\w-]{12,}$/u.test(word));
}

const roles: readonly Role[] = ['gateway', 'batcher', 'results'];

async function mongoOrThrow(): Promise<TestServer> {
  const mongo = await startTestMongo();
  if (mongo === null) throw new Error('this suite needs a MongoDB');
  return mongo;
}
