import { durationMs, orNull, Secret, section, text } from '@batch-gpt/config';
import { parseApiKeyList } from './parse-api-keys.ts';

/** Where API keys come from, by the names of its variables; also what decides whether the gateway is open. */
export const apiKeySources = {
  GATEWAY_API_KEYS: orNull(text()),
  GATEWAY_API_KEYS_FILE: orNull(text()),
};

/** Who may call: a file that is followed, a short list, or nobody's keys. */
export const apiKeysEnv = section(
  { ...apiKeySources, GATEWAY_API_KEYS_RELOAD_MS: durationMs({ min: 50, max: 3_600_000, default: 5000 }) },
  ({ GATEWAY_API_KEYS: list, GATEWAY_API_KEYS_FILE: file, GATEWAY_API_KEYS_RELOAD_MS: reloadEvery }, problem) => {
    if (list !== null && file !== null)
      problem('GATEWAY_API_KEYS', 'is set together with GATEWAY_API_KEYS_FILE, use one of them');
    const parsed = list === null ? null : parseApiKeyList(list);
    if (parsed?.kind === 'problems') for (const told of parsed.problems) problem('GATEWAY_API_KEYS', told);
    return { list: list === null ? null : new Secret(list), file, reloadEvery };
  },
);

/** What models cost, for limits of what a tenant spends. */
export const pricesEnv = section({ PRICES_FILE: orNull(text()) }, ({ PRICES_FILE: file }) => ({ file }));
