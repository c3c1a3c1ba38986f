import {
  boolFlag,
  defineConfig,
  durationMs,
  int,
  logEnv,
  oneOf,
  opsEnv,
  port,
  positiveInt,
  redisEnv,
  section,
  storeEnv,
  text,
  type ConfigOf,
} from '@batch-gpt/config';
import { defaultProtocolTimings } from '@batch-gpt/domain';

/** Where the API listens. */
const listenEnv = section(
  {
    PORT: port({ default: 8080 }),
    HOST: text().default('127.0.0.1'),
    ALLOW_UNAUTHENTICATED: boolFlag({ default: false }),
  },
  (env, problem) => {
    if (!isLoopback(env.HOST) && !env.ALLOW_UNAUTHENTICATED) {
      problem(
        'HOST',
        'is open to others while no API keys are configured; keep to loopback, or set ALLOW_UNAUTHENTICATED=on to let everybody in',
      );
    }
    return { port: env.PORT, host: env.HOST };
  },
);

/** How calls are answered, and what one gateway takes on. */
const servingEnv = section(
  {
    CLIENT_SERVING_MODE: oneOf(['sync', 'async', 'cache']).default('sync'),
    OPENAI_ACCOUNT: text()
      .regex(/^[\w-]{1,40}$/, 'must be letters, digits, _ and - only, at most 40')
      .default('default'),
    MAX_BODY_BYTES: positiveInt({ max: 180_000_000, default: 10 * 1024 * 1024 }),
    // The parser and the canonical text recurse: what is allowed here has to fit on the stack.
    MAX_JSON_DEPTH: positiveInt({ max: 1000, default: 128 }),
    MAX_WAITERS: positiveInt({ max: 1_000_000, default: 20_000 }),
    MAX_WAITER_BYTES: positiveInt({ default: 128 * 1024 * 1024 }),
    HOT_CACHE_BYTES: int({ min: 0, default: 64 * 1024 * 1024 }),
    HOT_CACHE_MAX_AGE_MS: durationMs({ max: 3_600_000, default: 30_000 }),
    STORE_DEADLINE_MS: durationMs({ max: 60_000, default: 5000 }),
  },
  (env, problem) => {
    if (env.MAX_WAITER_BYTES < env.MAX_BODY_BYTES) problem('MAX_WAITER_BYTES', 'must be at least MAX_BODY_BYTES');
    return {
      mode: env.CLIENT_SERVING_MODE,
      account: env.OPENAI_ACCOUNT,
      maxBodyBytes: env.MAX_BODY_BYTES,
      maxJsonDepth: env.MAX_JSON_DEPTH,
      maxCalls: env.MAX_WAITERS,
      maxBytes: env.MAX_WAITER_BYTES,
      hotBytes: env.HOT_CACHE_BYTES,
      hotMaxAge: env.HOT_CACHE_MAX_AGE_MS,
      storeDeadline: env.STORE_DEADLINE_MS,
    };
  },
);

/** How connections are held, in milliseconds. */
const holdEnv = section(
  {
    HOLD_MAX_MS: durationMs({ max: 86_400_000, default: 570_000 }),
    INTERIM_AFTER_MS: durationMs({ default: 15_000 }),
    INTERIM_EVERY_MS: durationMs({ default: 15_000 }),
    WAITER_SWEEP_MS: durationMs({ max: 60_000, default: 10_000 }),
    SWEEP_EVERY_MS: durationMs({ max: 86_400_000, default: defaultProtocolTimings.sweepEvery }),
    KEEP_ALIVE_MS: durationMs({ max: 3_600_000, default: 75_000 }),
  },
  (env) => ({
    max: env.HOLD_MAX_MS,
    interimAfter: env.INTERIM_AFTER_MS,
    interimEvery: env.INTERIM_EVERY_MS,
    sweepEvery: env.WAITER_SWEEP_MS,
    signalSweepEvery: env.SWEEP_EVERY_MS,
    keepAlive: env.KEEP_ALIVE_MS,
  }),
);

export const gatewayConfig = defineConfig({
  log: logEnv,
  ops: opsEnv,
  redis: redisEnv,
  store: storeEnv,
  listen: listenEnv,
  serving: servingEnv,
  hold: holdEnv,
});

export type GatewayConfig = ConfigOf<typeof gatewayConfig>;

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
