import { createHash, timingSafeEqual } from 'node:crypto';
import { type ApiKeysFile, type TenantId } from '@batch-gpt/contracts';
import { callerSettings, type CallerSettings } from './caller-settings.ts';

/** Whom an API key belongs to. */
export interface KeyHolder {
  readonly tenant: TenantId;
  readonly name: string;
  readonly settings: CallerSettings;
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAt: number | null;
}

/** Every API key, by its digest. */
export interface Keyring {
  readonly size: number;
  find(secret: string): KeyHolder | null;
}

/**
 * Looks keys up by the SHA-256 of what was sent. How long that takes may depend on how a digest compares with stored
 * ones, but nobody can choose what digest their guess has: a digest that shares its beginning with a stored one tells
 * nothing of the key behind that. What is found is compared in constant time all the same.
 */
export function createKeyring({ tenants, keys }: ApiKeysFile): Keyring {
  const byDigest = new Map(
    keys.flatMap((key) => {
      const { sha256, tenant, name, expiresAt = null } = key;
      const owner = tenants[tenant];
      if (owner === undefined) return [];
      const holder: KeyHolder = { tenant, name, settings: callerSettings(key, owner), expiresAt };
      return [[sha256, { digest: Buffer.from(sha256, 'hex'), holder }] as const];
    }),
  );
  return {
    size: byDigest.size,
    find: (secret) => {
      const digest = createHash('sha256').update(secret).digest();
      const entry = byDigest.get(digest.toString('hex'));
      const same = timingSafeEqual(digest, entry?.digest ?? nobodys);
      return entry !== undefined && same ? entry.holder : null;
    },
  };
}

const nobodys = Buffer.alloc(32);
