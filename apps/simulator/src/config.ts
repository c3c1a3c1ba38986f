import {
  boolFlag,
  type ConfigOf,
  defineConfig,
  durationMs,
  int,
  logEnv,
  orNull,
  port,
  positiveInt,
  secret,
  section,
  text,
  url,
} from '@batch-gpt/config';
import { type Settings } from './settings.ts';

const list = (value: string): string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const megabyte = 1_000_000;
const time = (byDefault: number) => durationMs({ min: 0, max: 2_147_483_647, default: byDefault });

/** Gives the literal its wider type. */
const asSettings = (settings: Settings): Settings => settings;

const simulatorEnv = section(
  {
    PORT: port({ default: 9400 }),
    HOST: text().default('127.0.0.1'),
    SIMULATOR_API_KEYS: text().default(''),
    SIMULATOR_MODELS: text().default(''),
    SIMULATOR_DATA_DIR: orNull(text()),
    SIMULATOR_SEED: int({ min: 0, max: 4_294_967_295, default: 1 }),
    SIMULATOR_VALIDATING_MS: time(300),
    SIMULATOR_IN_PROGRESS_MS: time(1200),
    SIMULATOR_FINALIZING_MS: time(300),
    SIMULATOR_CANCELLING_MS: time(300),
    SIMULATOR_SLOW_MS: time(2000),
    SIMULATOR_EXPIRES_MS: time(86_400_000),
    SIMULATOR_HOLD: boolFlag({ default: false }),
    SIMULATOR_CANCEL_DRAIN_LINES: int({ min: 0, max: 50_000, default: 2 }),
    SIMULATOR_CREATES_PER_HOUR: positiveInt({ default: 2000 }),
    SIMULATOR_ENQUEUED_TOKEN_LIMIT: int({ min: 0, default: 0 }),
    SIMULATOR_WEBHOOK_URL: orNull(url(['http:', 'https:'])),
    SIMULATOR_WEBHOOK_SECRET: orNull(secret()),
    SIMULATOR_WEBHOOK_RETRY_MS: time(1000),
    SIMULATOR_MAX_BATCH_FILE_BYTES: positiveInt({ default: 200 * megabyte }),
    SIMULATOR_MAX_FILE_BYTES: positiveInt({ default: 512 * megabyte }),
    SIMULATOR_LEDGER_LIMIT: positiveInt({ default: 2_000_000 }),
    SIMULATOR_KEEP_BATCHES: positiveInt({ default: 10_000 }),
    SIMULATOR_KEEP_FILES: positiveInt({ default: 30_000 }),
  },
  (env, problem) => {
    if ((env.SIMULATOR_WEBHOOK_URL === null) !== (env.SIMULATOR_WEBHOOK_SECRET === null)) {
      problem('SIMULATOR_WEBHOOK_URL', 'needs SIMULATOR_WEBHOOK_SECRET, and the other way round');
    }
    return {
      port: env.PORT,
      host: env.HOST,
      apiKeys: list(env.SIMULATOR_API_KEYS),
      models: list(env.SIMULATOR_MODELS),
      dataDir: env.SIMULATOR_DATA_DIR,
      seed: env.SIMULATOR_SEED,
      maxBatchFileBytes: env.SIMULATOR_MAX_BATCH_FILE_BYTES,
      maxFileBytes: env.SIMULATOR_MAX_FILE_BYTES,
      ledgerLimit: env.SIMULATOR_LEDGER_LIMIT,
      keepBatches: env.SIMULATOR_KEEP_BATCHES,
      keepFiles: env.SIMULATOR_KEEP_FILES,
      settings: asSettings({
        validatingMs: env.SIMULATOR_VALIDATING_MS,
        inProgressMs: env.SIMULATOR_IN_PROGRESS_MS,
        finalizingMs: env.SIMULATOR_FINALIZING_MS,
        cancellingMs: env.SIMULATOR_CANCELLING_MS,
        slowMs: env.SIMULATOR_SLOW_MS,
        expiresMs: env.SIMULATOR_EXPIRES_MS,
        hold: env.SIMULATOR_HOLD,
        cancelDrainLines: env.SIMULATOR_CANCEL_DRAIN_LINES,
        createsPerHour: env.SIMULATOR_CREATES_PER_HOUR,
        enqueuedTokenLimit: env.SIMULATOR_ENQUEUED_TOKEN_LIMIT,
        webhookUrl: env.SIMULATOR_WEBHOOK_URL,
        webhookSecret: env.SIMULATOR_WEBHOOK_SECRET?.reveal() ?? null,
        webhookRetryMs: env.SIMULATOR_WEBHOOK_RETRY_MS,
        shuffle: true,
        trailingNewline: true,
      }),
    };
  },
);

/** Every variable the simulator reads. */
export const configSchema = defineConfig({ simulator: simulatorEnv, log: logEnv });

/** The simulator's part of the configuration. */
export type SimulatorConfig = ConfigOf<typeof configSchema>['simulator'];
