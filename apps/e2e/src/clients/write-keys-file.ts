import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { limitedKey } from './stack-address.ts';

/** Writes the file of tenants and keys for the `keyed` gateway: a tenant and a key for each of these clients. */
export async function writeKeysFile(path: string, clients: readonly string[]): Promise<void> {
  const limits = { requestsPerMinute: 1 };
  const named = clients.map((client) => ({
    tenant: `t-${client.replaceAll(/[^a-z0-9]/g, '-')}`,
    key: limitedKey(client),
  }));
  const file = {
    tenants: Object.fromEntries(named.map(({ tenant }) => [tenant, { models: ['gpt-6-*'], limits }])),
    keys: named.map(({ tenant, key }) => ({
      tenant,
      name: 'main',
      sha256: createHash('sha256').update(key).digest('hex'),
    })),
  };
  await writeFile(path, JSON.stringify(file), { mode: 0o600 });
}
