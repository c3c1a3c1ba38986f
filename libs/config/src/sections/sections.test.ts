import { describe, expect, it } from '@jest/globals';
import { AppError } from '@batch-gpt/errors';
import { type ConfigSchema, defineConfig, loadConfig } from '../load-config.ts';
import { type Env } from '../secret-files.ts';
import { logEnv } from './log-env.ts';
import { opsEnv } from './ops-env.ts';
import { accountsEnv } from './accounts-env.ts';
import { redisEnv } from './redis-env.ts';
import { storeEnv } from './store-env.ts';

function problemsOf(schema: ConfigSchema, env: Env): unknown {
  try {
    loadConfig(schema, env);
    return [];
  } catch (error) {
    if (AppError.is(error, 'config_invalid')) return error.details['problems'];
    throw error;
  }
}

const ODD = 'p@ss:w/o?r#d %&+=é"';

describe('redisEnv', () => {
  const redis = (url: string) => loadConfig(defineConfig({ redisEnv }), { REDIS_URL: url }).redisEnv.url.reveal();

  it.each([
    'redis://localhost:6379',
    'rediss://cache.example.com:6380/2',
    `redis://bob:${encodeURIComponent(ODD)}@127.0.0.1:6379/0`,
    'redis://:pass@[::1]:6379/0?family=6',
  ])('takes %s as it is', (url) => expect(redis(url)).toBe(url));

  it('keeps odd characters of a password that is percent-encoded', () => {
    const url = redis(`redis://bob:${encodeURIComponent(ODD)}@h:6379`);
    expect(decodeURIComponent(new URL(url).password)).toBe(ODD);
  });

  it.each([
    'localhost:6379',
    'http://localhost:6379',
    'redis://',
    'redis://:a#b@h:6379',
    'redis://:a/b@h:6379',
    'redis://u:1?b@h:6379',
    'redis://:50%zz@h:6379',
    'redis://h:6379/zero',
  ])('refuses %s without showing it', (url) => {
    const problems = problemsOf({ redisEnv }, { REDIS_URL: url });
    expect(problems).toEqual([
      expect.stringMatching(/^REDIS_URL: must look like redis:\/\/user:password@host:6379\/0/),
    ]);
  });

  it('is required', () => expect(problemsOf({ redisEnv }, {})).toEqual(['REDIS_URL: is required']));
});

describe('storeEnv', () => {
  const store = (env: Env) => loadConfig(defineConfig({ storeEnv }), env).storeEnv;
  const mongo = (env: Env) => {
    const config = store(env);
    if (config.kind !== 'mongo') throw new Error('expected a MongoDB store');
    return { url: config.url.reveal(), database: config.database };
  };

  it('takes a file', () => {
    expect(store({ SQLITE_PATH: '/data/batch.db' })).toEqual({ kind: 'sqlite', path: '/data/batch.db' });
  });

  it.each([
    ['mongodb://localhost:27017', 'batch_gpt'],
    ['mongodb://localhost/', 'batch_gpt'],
    ['mongodb://u:p%2F%40@a:1,b:2/orders?replicaSet=rs0', 'orders'],
    ['mongodb+srv://u:p@cluster.example.com/orders', 'orders'],
  ])('takes %s as it is, with its database', (url, database) => {
    expect(mongo({ MONGODB_URL: url })).toEqual({ url, database });
  });

  it('lets MONGO_DATABASE win over the path', () => {
    expect(mongo({ MONGODB_URL: 'mongodb://h/a', MONGO_DATABASE: 'b' }).database).toBe('b');
  });

  // field 22, seed S27
  it('builds a URL from parts and escapes them', () => {
    const env = {
      MONGO_HOST: 'db',
      MONGO_PORT: '27018',
      MONGO_USER: 'b@b',
      MONGO_PASSWORD: ODD,
      MONGO_DATABASE: 'orders',
    };
    const { url, database } = mongo(env);
    expect(url).toBe(`mongodb://b%40b:${encodeURIComponent(ODD)}@db:27018/`);
    expect(decodeURIComponent(new URL(url).password)).toBe(ODD);
    expect(database).toBe('orders');
  });

  it('builds a URL from a host alone', () => {
    expect(mongo({ MONGO_HOST: '[::1]' })).toEqual({ url: 'mongodb://[::1]:27017/', database: 'batch_gpt' });
  });

  it.each<[Env, string[]]>([
    [{}, ['MONGODB_URL: is required (or MONGO_HOST or SQLITE_PATH)']],
    [
      { MONGODB_URL: 'mongodb://h', SQLITE_PATH: 'x' },
      ['SQLITE_PATH: is set together with MONGODB_URL, use one of them'],
    ],
    [
      { MONGODB_URL: 'mongodb://h', MONGO_HOST: 'x' },
      ['MONGO_HOST: is set together with MONGODB_URL, use one of them'],
    ],
    [{ MONGODB_URL: 'mongodb://h', MONGO_PORT: '1' }, ['MONGO_PORT: needs MONGO_HOST']],
    [{ MONGO_HOST: 'h', MONGO_USER: 'u' }, ['MONGO_PASSWORD: is required with MONGO_USER']],
    [{ MONGO_HOST: 'h', MONGO_PASSWORD: 'p' }, ['MONGO_USER: is required with MONGO_PASSWORD']],
    [{ MONGO_HOST: 'h:1/x' }, ['MONGO_HOST: must be one host name or address, without port']],
    [{ MONGO_HOST: 'h', MONGO_DATABASE: 'a/b' }, ['MONGO_DATABASE: must be letters, digits, _ and - only, at most 63']],
  ])('refuses %p', (env, problems) => {
    expect(problemsOf({ storeEnv }, env)).toEqual(problems);
  });

  it.each([
    ...['localhost', 'mongodb://', 'mongodb://u:a/b@h', 'mongodb://u:a#b@h', 'postgres://h'],
    ...['mongodb://h/50%zz', 'mongodb://u:50%zz@h'],
  ])('refuses the URL %s without showing it', (url) => {
    expect(problemsOf({ storeEnv }, { MONGODB_URL: url })).toEqual([
      expect.stringMatching(/^MONGODB_URL: must look like mongodb:\/\/user:password@host:27017\/database/),
    ]);
  });
});

const accounts = accountsEnv('required');

describe('accountsEnv, logEnv, opsEnv', () => {
  it('have the defaults that their users know', () => {
    const config = loadConfig(defineConfig({ accounts, logEnv, opsEnv }), { OPENAI_API_KEY: 'sk-x' });
    expect(config.accounts.single.apiKey?.reveal()).toBe('sk-x');
    expect(config).toMatchObject({
      accounts: {
        single: { baseUrl: 'https://api.openai.com/v1', name: 'default' },
        file: null,
        reloadEvery: 10_000,
        keys: 'required',
      },
      logEnv: { level: 'info', format: 'json' },
      opsEnv: { port: 9090, host: '127.0.0.1', shutdownGraceMs: 30_000 },
    });
  });

  it('take what is given', () => {
    const config = loadConfig(defineConfig({ accounts, logEnv, opsEnv }), {
      ...{ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://127.0.0.1:4010/v1', OPENAI_ACCOUNT: 'team-b' },
      OPENAI_ACCOUNTS_FILE: '/run/accounts.json',
      ...{ LOG_LEVEL: 'debug', LOG_FORMAT: 'pretty', OPS_PORT: '0', OPS_HOST: '0.0.0.0', SHUTDOWN_GRACE_MS: '100' },
    });
    expect(config).toMatchObject({
      accounts: { single: { baseUrl: 'http://127.0.0.1:4010/v1', name: 'team-b' }, file: '/run/accounts.json' },
      logEnv: { level: 'debug', format: 'pretty' },
      opsEnv: { port: 0, host: '0.0.0.0', shutdownGraceMs: 100 },
    });
  });

  it('need a key, or a file, unless keys are optional', () => {
    expect(problemsOf({ accounts }, {})).toEqual(['OPENAI_API_KEY: is required (or OPENAI_ACCOUNTS_FILE)']);
    expect(loadConfig(defineConfig({ accounts }), { OPENAI_ACCOUNTS_FILE: 'f' }).accounts.single.apiKey).toBeNull();
    expect(loadConfig(defineConfig({ accounts: accountsEnv('optional') }), {}).accounts.file).toBeNull();
  });
});
