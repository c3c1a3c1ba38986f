import { defineConfig, orNull, port, secret, section, text, type ConfigOf } from '@batch-gpt/config';

const localEnv = section(
  {
    PORT: orNull(port()),
    OPS_PORT: orNull(port()),
    OPENAI_API_KEY: orNull(secret()),
    OPENAI_BASE_URL: orNull(text()),
    OPENAI_ACCOUNTS_FILE: orNull(text()),
    REDIS_URL: orNull(secret()),
    MONGODB_URL: orNull(secret()),
    MONGO_HOST: orNull(text()),
    SQLITE_PATH: orNull(text()),
  },
  (env, problem) => {
    // A simulator in its place would be a surprise, and a provider without a key is none.
    if (env.OPENAI_API_KEY === null && env.OPENAI_BASE_URL !== null)
      problem('OPENAI_API_KEY', 'is required with OPENAI_BASE_URL');
    return {
      port: env.PORT,
      opsPort: env.OPS_PORT,
      demoMode: env.OPENAI_API_KEY === null && env.OPENAI_ACCOUNTS_FILE === null,
      redisUrl: env.REDIS_URL,
      mongodbUrl: env.MONGODB_URL,
      mongoHost: env.MONGO_HOST,
      sqlitePath: env.SQLITE_PATH,
    };
  },
);

/** What the launcher itself reads; everything else in the environment goes on to the services as it is. */
export const localConfigSchema = defineConfig({ local: localEnv });

/** The launcher's part of the environment. */
export type LocalConfig = ConfigOf<typeof localConfigSchema>['local'];
