import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  accountsEnv,
  boolFlag,
  defineConfig,
  durationMs,
  int,
  logEnv,
  oneOf,
  opsEnv,
  orNull,
  port,
  positiveInt,
  redisEnv,
  secret,
  section,
  storeEnv,
  text,
  webhookSecretProblem,
  type ConfigOf,
} from '@batch-gpt/config';
import { defaultProtocolTimings, defaultRecheckEvery } from '@batch-gpt/domain';
import { handlesEnv } from './background/handles-env.ts';
import { isLoopback } from './is-loopback.ts';
import { relayEnv } from './relay/relay-env.ts';
import { apiKeysEnv, apiKeySources, pricesEnv } from './tenants/api-keys-env.ts';

/** Where the API listens. */
const listenEnv = section(
  {
    PORT: port({ default: 8080 }),
    HOST: text().default('127.0.0.1'),
    ALLOW_UNAUTHENTICATED: boolFlag({ default: false }),
    HEADERS_TIMEOUT_MS: durationMs({ max: 3_600_000, default: 80_000 }),
    REQUEST_TIMEOUT_MS: durationMs({ max: 3_600_000, default: 300_000 }),
    ...apiKeySources,
  },
  (env, problem) => {
    const hasKeys = env.GATEWAY_API_KEYS !== null || env.GATEWAY_API_KEYS_FILE !== null;
    if (!isLoopback(env.HOST) && !env.ALLOW_UNAUTHENTICATED && !hasKeys) {
      problem(
        'HOST',
        'is open to others while no API keys are configured; keep to loopback, set GATEWAY_API_KEYS or GATEWAY_API_KEYS_FILE, ' +
          'or set ALLOW_UNAUTHENTICATED=on to let everybody in',
      );
    }
    if (env.ALLOW_UNAUTHENTICATED && hasKeys) {
      problem(
        'ALLOW_UNAUTHENTICATED',
        'is on while API keys are configured, which would let nobody in without one; set one of them',
      );
    }
    if (env.REQUEST_TIMEOUT_MS < env.HEADERS_TIMEOUT_MS) {
      problem('REQUEST_TIMEOUT_MS', 'must be at least HEADERS_TIMEOUT_MS: the headers are a part of the request');
    }
    return {
      port: env.PORT,
      host: env.HOST,
      headersTimeout: env.HEADERS_TIMEOUT_MS,
      requestTimeout: env.REQUEST_TIMEOUT_MS,
    };
  },
);

/** How calls are answered, and what one gateway takes on. */
const servingEnv = section(
  {
    CLIENT_SERVING_MODE: oneOf(['sync', 'async', 'cache']).default('sync'),
    MAX_BODY_BYTES: positiveInt({ max: 180_000_000, default: 10 * 1024 * 1024 }),
    // The parser and the canonical text recurse: what is allowed here has to fit on the stack.
    MAX_JSON_DEPTH: positiveInt({ max: 1000, default: 128 }),
    MAX_WAITERS: positiveInt({ max: 1_000_000, default: 20_000 }),
    MAX_WAITER_BYTES: positiveInt({ default: 128 * 1024 * 1024 }),
    CACHE_SAMPLED: boolFlag({ default: true }),
    HOT_CACHE_BYTES: int({ min: 0, default: 64 * 1024 * 1024 }),
    HOT_CACHE_MAX_AGE_MS: durationMs({ max: 3_600_000, default: 30_000 }),
    STORE_DEADLINE_MS: durationMs({ max: 60_000, default: 5000 }),
  },
  (env, problem) => {
    if (env.MAX_WAITER_BYTES < env.MAX_BODY_BYTES) problem('MAX_WAITER_BYTES', 'must be at least MAX_BODY_BYTES');
    return {
      mode: env.CLIENT_SERVING_MODE,
      maxBodyBytes: env.MAX_BODY_BYTES,
      maxJsonDepth: env.MAX_JSON_DEPTH,
      maxCalls: env.MAX_WAITERS,
      maxBytes: env.MAX_WAITER_BYTES,
      cacheSampled: env.CACHE_SAMPLED,
      hotBytes: env.HOT_CACHE_BYTES,
      hotMaxAge: env.HOT_CACHE_MAX_AGE_MS,
      storeDeadline: env.STORE_DEADLINE_MS,
    };
  },
);

const day = 86_400_000;
/** The SDKs give a call up after ten minutes unless told otherwise. */
const beforeSdkLimit = 570_000;

/** How connections are held, in milliseconds. */
const holdEnv = section(
  {
    HOLD_MAX_MS: orNull(durationMs({ max: day })),
    HOLD_BEGUN_MAX_MS: orNull(durationMs({ max: day })),
    HOLD_JSON: oneOf(['interim', 'body', 'none']).default('interim'),
    INTERIM_AFTER_MS: durationMs({ default: 15_000 }),
    INTERIM_EVERY_MS: durationMs({ default: 15_000 }),
    BODY_AFTER_MS: durationMs({ default: 5000 }),
    BODY_EVERY_MS: durationMs({ default: 15_000 }),
    STREAM_AFTER_MS: durationMs({ default: 5000 }),
    STREAM_EVERY_MS: durationMs({ default: 15_000 }),
    WAITER_SWEEP_MS: durationMs({ max: 60_000, default: defaultRecheckEvery }),
    SWEEP_EVERY_MS: durationMs({ max: 86_400_000, default: defaultProtocolTimings.sweepEvery }),
    KEEP_ALIVE_MS: durationMs({ max: 3_600_000, default: 75_000 }),
  },
  (env) => ({
    max: env.HOLD_MAX_MS ?? beforeSdkLimit,
    // Whoever has named a limit for his load balancer means every connection.
    begunMax: env.HOLD_BEGUN_MAX_MS ?? env.HOLD_MAX_MS ?? day,
    json: env.HOLD_JSON,
    interimAfter: env.INTERIM_AFTER_MS,
    interimEvery: env.INTERIM_EVERY_MS,
    bodyAfter: env.BODY_AFTER_MS,
    bodyEvery: env.BODY_EVERY_MS,
    streamAfter: env.STREAM_AFTER_MS,
    streamEvery: env.STREAM_EVERY_MS,
    sweepEvery: env.WAITER_SWEEP_MS,
    signalSweepEvery: env.SWEEP_EVERY_MS,
    keepAlive: env.KEEP_ALIVE_MS,
  }),
);

/** Who else may speak to the gateway: the provider's webhooks, operators, pages. All are absent unless configured. */
const trustEnv = section(
  { OPENAI_WEBHOOK_SECRET: orNull(secret()), ADMIN_TOKEN: orNull(secret()), CORS_ORIGINS: orNull(text()) },
  (env, problem) => {
    const [webhookSecret, adminToken] = [env.OPENAI_WEBHOOK_SECRET, env.ADMIN_TOKEN];
    const notWhole = webhookSecret === null ? null : webhookSecretProblem(webhookSecret);
    if (notWhole !== null) problem('OPENAI_WEBHOOK_SECRET', notWhole);
    if (adminToken !== null && !/^[\x21-\x7e]{16,}$/.test(adminToken.reveal())) {
      problem('ADMIN_TOKEN', 'must have 16 characters or more, without spaces, all of them ASCII');
    }
    const corsOrigins = readOrigins(env.CORS_ORIGINS);
    if (corsOrigins === 'invalid') {
      problem(
        'CORS_ORIGINS',
        'must be *, or origins like https://app.example.com, separated by commas, without a path',
      );
      return { webhookSecret, adminToken, corsOrigins: null };
    }
    return { webhookSecret, adminToken, corsOrigins };
  },
);

/** The site for operators at `/dashboard`, as it was built. */
const dashboardEnv = section({ DASHBOARD: boolFlag({ default: true }), DASHBOARD_DIR: orNull(text()) }, (env) =>
  env.DASHBOARD ? resolve(env.DASHBOARD_DIR ?? builtSite) : null,
);

/** Where the build puts it in a checkout. */
const builtSite = fileURLToPath(new URL('../../dashboard/site', import.meta.url));

export const gatewayConfig = defineConfig({
  log: logEnv,
  ops: opsEnv,
  redis: redisEnv,
  store: storeEnv,
  listen: listenEnv,
  serving: servingEnv,
  hold: holdEnv,
  dashboardDir: dashboardEnv,
  handles: handlesEnv,
  trust: trustEnv,
  apiKeys: apiKeysEnv,
  prices: pricesEnv,
  // Without a key everything but relayed calls works: others talk to the provider.
  accounts: accountsEnv('optional'),
  relay: relayEnv,
});

export type GatewayConfig = ConfigOf<typeof gatewayConfig>;

/** Origins as browsers send them: lower case, without a default port. */
function readOrigins(given: string | null): readonly string[] | '*' | null | 'invalid' {
  if (given === null || given === '*') return given;
  const origins = given.split(',').map((origin) => origin.trim());
  return origins.every((origin) => URL.parse(origin)?.origin === origin && origin !== 'null') ? origins : 'invalid';
}
