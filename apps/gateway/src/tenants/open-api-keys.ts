import { type Logger } from '@batch-gpt/logging';
import { parseApiKeyList, parseApiKeys } from './parse-api-keys.ts';
import { readConfigFile } from './read-config-file.ts';
import { watchApiKeys, type WatchedApiKeys } from './watch-api-keys.ts';

export interface ApiKeysConfig {
  readonly list: { readonly reveal: () => string } | null;
  readonly file: string | null;
  /** Pause between looks at the file, in milliseconds. */
  readonly reloadEvery: number;
}

/** Opens the configured keys; null without any. Throws AppError `config_invalid` with every problem of the file. */
export async function openApiKeys(
  { list, file, reloadEvery: every }: ApiKeysConfig,
  logger: Logger,
): Promise<WatchedApiKeys | null> {
  if (file !== null) {
    const read = () => readConfigFile(file, 'GATEWAY_API_KEYS_FILE');
    return watchApiKeys({ read, parse: parseApiKeys, source: 'GATEWAY_API_KEYS_FILE', every, logger });
  }
  if (list === null) return null;
  const read = () => Promise.resolve(list.reveal());
  return watchApiKeys({ read, parse: parseApiKeyList, source: 'GATEWAY_API_KEYS', every, logger });
}
