export { describeSettings, type SettingInForce } from './describe-settings.ts';
export { type DeepReadonly } from './deep-freeze.ts';
export { parseConfigJson } from './files/parse-config-json.ts';
export { type ConfigText, readConfigText } from './files/read-config-text.ts';
export { shownName } from './files/shown-name.ts';
export { type ConfigOf, type ConfigSchema, defineConfig, loadConfig } from './load-config.ts';
export { Secret } from './secret.ts';
export { type Env } from './secret-files.ts';
export { type ReportProblem, type Section, section } from './section.ts';
export { type AccountInVariables, accountsEnv, type AccountsSource } from './sections/accounts-env.ts';
export { logEnv } from './sections/log-env.ts';
export { opsEnv } from './sections/ops-env.ts';
export { redisEnv } from './sections/redis-env.ts';
export { type StoreConfig, storeEnv } from './sections/store-env.ts';
export {
  boolFlag,
  durationMs,
  durationSeconds,
  int,
  type NumberOptions,
  oneOf,
  orNull,
  port,
  positiveInt,
  secret,
  secretUrl,
  text,
  url,
} from './variables.ts';
export { webhookSecretProblem } from './webhook-secret.ts';
