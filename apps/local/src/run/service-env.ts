/** Which Redis, store and provider the services of a local run get. */
export interface Backing {
  /** Null: the one that the environment names. */
  readonly redisUrl: string | null;
  /** Null: the one that the environment names. */
  readonly store: { readonly MONGODB_URL: string } | { readonly SQLITE_PATH: string } | null;
  /** The simulator's base URL in demo mode, null for the provider that the environment names. */
  readonly simulatorUrl: string | null;
  /** Where the batcher writes its scratch files. */
  readonly workDir: string;
}

type Env = NodeJS.ProcessEnv;

const STORE_NAMES = ['MONGODB_URL', 'MONGO_HOST', 'MONGO_PORT', 'MONGO_USER', 'MONGO_PASSWORD', 'SQLITE_PATH'];

/** A window and polls that make sense where a batch takes two seconds; whatever the user set wins. */
const DEMO_PACE = {
  COLLATE_BATCHES_FOR_DURATION_IN_MS: '2000',
  COLLECT_BATCH_STATS_POLLING_MAX_INTERVAL_SECONDS: '1',
  POLL_MIN_MS: '250',
};

/** The environment of every service: the user's, with what this run decides in place of what it replaces. */
export function serviceEnv(env: Env, { redisUrl, store, simulatorUrl, workDir }: Backing): Env {
  const demo = simulatorUrl !== null;
  return {
    WORK_DIR: workDir,
    ...(demo ? DEMO_PACE : {}),
    ...without(env, [
      // The launcher hands out ports one by one.
      ...['PORT', 'OPS_PORT', 'NODE_OPTIONS'],
      ...(redisUrl === null ? [] : ['REDIS_URL']),
      ...(store === null ? [] : STORE_NAMES),
      ...(demo ? ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_ACCOUNTS'] : []),
    ]),
    ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
    ...store,
    // Made-up answers must never end up among real ones, whichever database the user named.
    ...(demo && store === null ? { MONGO_DATABASE: `${env['MONGO_DATABASE'] ?? 'batch_gpt'}_demo` } : {}),
    ...(demo ? { OPENAI_API_KEY: 'demo', OPENAI_BASE_URL: simulatorUrl } : {}),
    LOG_FORMAT: 'json',
  };
}

/** Leaves names out, also where they are given as the name of a file (as `OPENAI_ACCOUNTS` only ever is). */
function without(env: Env, names: readonly string[]): Env {
  const dropped = new Set(names.flatMap((name) => [name, `${name}_FILE`]));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.has(name)));
}
