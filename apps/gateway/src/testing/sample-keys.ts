import { createHash } from 'node:crypto';
import { apiKeysFile, type ApiKeysFile } from '@batch-gpt/contracts';
import { createKeyring } from '../tenants/keyring.ts';
import { type ApiKeys } from '../tenants/watch-api-keys.ts';

/** What the keys file holds of a key. */
export const sha256 = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** The secret of a tenant's key. */
export const secretOf = (tenant: string, name = 'main'): string => `sk-${tenant}-${name}-0123456789abcdef`;

/** A file of tenants with one key `main` each, and more keys beside. */
export function sampleKeysFile(
  tenants: Readonly<Record<string, unknown>>,
  more: readonly Readonly<Record<string, unknown>>[] = [],
): ApiKeysFile {
  const keys = Object.keys(tenants).map((tenant) => ({ tenant, name: 'main', sha256: sha256(secretOf(tenant)) }));
  return apiKeysFile.parse({ tenants, keys: [...keys, ...more] });
}

/** Keys that a test changes while the gateway runs. */
export interface ManualApiKeys extends ApiKeys {
  set(file: ApiKeysFile): void;
}

export function createManualApiKeys(file: ApiKeysFile): ManualApiKeys {
  let keyring = createKeyring(file);
  return {
    current: () => keyring,
    set: (next) => {
      keyring = createKeyring(next);
    },
  };
}
