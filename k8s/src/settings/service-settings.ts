import { batcherConfig } from '@batch-gpt/batcher/config';
import { gatewayConfig } from '@batch-gpt/gateway/config';
import { resultsConfig } from '@batch-gpt/results/config';
import { readSettings, type Setting } from './read-settings.ts';

/** The workloads of the chart, as it names them. */
export const workloads = ['gateway', 'batcher', 'results'] as const;
export type Workload = (typeof workloads)[number];

const settings: Readonly<Record<Workload, ReadonlyMap<string, Setting>>> = {
  gateway: readSettings(gatewayConfig),
  batcher: readSettings(batcherConfig),
  results: readSettings(resultsConfig),
};

/** Settings whose value is a secret or names a file of them, by the chart's entry under `secrets:`. */
export const secretEntries: Readonly<Record<string, SecretEntry>> = {
  redisUrl: { setting: 'REDIS_URL', file: 'redis-url' },
  mongodbUrl: { setting: 'MONGODB_URL', file: 'mongodb-url' },
  mongoPassword: { setting: 'MONGO_PASSWORD', file: 'mongo-password' },
  openaiApiKey: { setting: 'OPENAI_API_KEY', file: 'openai-api-key' },
  openaiAccounts: { setting: 'OPENAI_ACCOUNTS_FILE', file: 'openai-accounts.json' },
  openaiWebhookSecret: { setting: 'OPENAI_WEBHOOK_SECRET', file: 'openai-webhook-secret' },
  gatewayApiKeys: { setting: 'GATEWAY_API_KEYS_FILE', file: 'api-keys.json' },
  adminToken: { setting: 'ADMIN_TOKEN', file: 'admin-token' },
};

interface SecretEntry {
  readonly setting: string;
  /** Its name in the mounted folder, and the key in the chart's own Secret. */
  readonly file: string;
}

/** Settings that the chart decides by itself, and by what. */
export const decidedByChart: Readonly<Record<string, string>> = {
  PORT: 'always 8080, `gateway.service.port` is what others see',
  HOST: '`bindAddress`',
  OPS_PORT: 'always 9090',
  OPS_HOST: '`bindAddress`',
  SHUTDOWN_GRACE_MS: '`terminationGracePeriodSeconds` and `preStopSeconds`',
  WORK_DIR: '`batcher.scratchSize` is the size of what is mounted there',
  SQLITE_PATH: 'never: pods share no file',
  GATEWAY_API_KEYS: '`secrets.gatewayApiKeys`, which can change without a restart',
  PRICES_FILE: '`prices`',
  DASHBOARD_DIR: 'never: the image has its own',
};

// Differing between services makes sense for these; what else several read has to be alike in all of them.
const OF_EACH_ITS_OWN = ['LOG_LEVEL', 'LOG_FORMAT'];

const elsewhere = new Set([
  ...Object.keys(decidedByChart),
  ...Object.values(secretEntries).map(({ setting }) => setting),
]);

/** Every setting that any service reads. */
export const allSettings: ReadonlyMap<string, Setting> = new Map(workloads.flatMap((name) => [...settings[name]]));

/** The services that read a setting. */
export const readersOf = (setting: string): readonly Workload[] =>
  workloads.filter((name) => settings[name].has(setting));

/** What may stand under `config:`, for all of them or for one. */
export function configurable(workload?: Workload): readonly Setting[] {
  const candidates = workload === undefined ? allSettings : settings[workload];
  return [...candidates.values()]
    .filter(({ name }) => !elsewhere.has(name))
    .filter(({ name }) => workload === undefined || readersOf(name).length === 1 || OF_EACH_ITS_OWN.includes(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
