import { describe, expect, it } from '@jest/globals';
import { serviceEnv, type Backing } from './service-env.ts';

const own: Backing = {
  redisUrl: 'redis://127.0.0.1:5000',
  store: { SQLITE_PATH: '/data/store.sqlite' },
  simulatorUrl: null,
  workDir: '/data/work',
};

describe('the environment of the services', () => {
  it('hands on what the user set', () => {
    const env = { OPENAI_API_KEY: 'key', CLIENT_SERVING_MODE: 'sync', LOG_LEVEL: 'debug', WORK_DIR: '/mine' };
    expect(serviceEnv(env, own)).toMatchObject(env);
  });

  it('has exactly one way to the store', () => {
    const env = { MONGODB_URL: 'mongodb://h', MONGODB_URL_FILE: '/f', MONGO_HOST: 'h', MONGO_PASSWORD_FILE: '/f' };
    const names = Object.keys(serviceEnv(env, own)).filter((name) => /MONGO|SQLITE/.test(name));
    expect(names).toEqual(['SQLITE_PATH']);
  });

  it('leaves Redis and store alone where the user named them', () => {
    const env = { REDIS_URL_FILE: '/secrets/redis', MONGO_HOST: 'db' };
    const given = serviceEnv(env, { ...own, redisUrl: null, store: null });
    expect(given).toMatchObject(env);
    expect(given).not.toHaveProperty('REDIS_URL');
  });

  it('never gives two services the port of one', () => {
    expect(Object.keys(serviceEnv({ PORT: '8080', OPS_PORT: '9090' }, own))).not.toContain('PORT');
  });

  describe('in demo mode', () => {
    const demo: Backing = { ...own, simulatorUrl: 'http://127.0.0.1:9400/v1' };

    it('leads to the simulator, at a pace to watch', () => {
      expect(serviceEnv({}, demo)).toMatchObject({
        OPENAI_API_KEY: 'demo',
        OPENAI_BASE_URL: 'http://127.0.0.1:9400/v1',
        COLLATE_BATCHES_FOR_DURATION_IN_MS: '2000',
      });
    });

    it('pays nobody: no account of the user reaches a service', () => {
      const env = { OPENAI_ACCOUNTS_FILE: '/f', OPENAI_API_KEY_FILE: '/f' };
      expect(Object.keys(serviceEnv(env, demo))).not.toEqual(
        expect.arrayContaining([expect.stringContaining('_FILE')]),
      );
    });

    it('keeps the window that the user set', () => {
      const env = { COLLATE_BATCHES_FOR_DURATION_IN_MS: '60000' };
      expect(serviceEnv(env, demo)).toMatchObject(env);
    });

    it('keeps made-up answers out of a database that was given', () => {
      expect(serviceEnv({ MONGO_HOST: 'db' }, { ...demo, store: null })).toMatchObject({
        MONGO_DATABASE: 'batch_gpt_demo',
      });
      expect(serviceEnv({ MONGO_HOST: 'db', MONGO_DATABASE: 'mine' }, { ...demo, store: null })).toMatchObject({
        MONGO_DATABASE: 'mine_demo',
      });
    });
  });
});
