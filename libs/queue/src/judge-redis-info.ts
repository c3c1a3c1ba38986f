import { AppError } from '@batch-gpt/errors';

const OLDEST = { major: 6, minor: 2 };

/** Reads an INFO answer and gives the version; throws AppError `config_invalid` for a Redis that may evict keys or is too old. */
export function judgeRedisInfo(info: string): string {
  const version = field(info, 'redis_version') ?? 'unknown';
  refuseOld(version);
  refuseEviction(field(info, 'maxmemory_policy'));
  return version;
}

const field = (info: string, name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]?.trim();

// A server that does not say its version is not Redis by name; it may still do.
function refuseOld(version: string): void {
  const [major = NaN, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
    throw new AppError('config_invalid', `Redis ${version} is too old: 6.2 or later is needed`, {
      details: { version },
    });
  }
}

function refuseEviction(policy: string | undefined): void {
  if (policy === undefined || policy === 'noeviction') return;
  throw new AppError(
    'config_invalid',
    `Redis may evict keys (maxmemory-policy ${policy}), which silently drops queue jobs. ` +
      'Set maxmemory-policy to noeviction, or give REDIS_URL a Redis that is not used as a cache.',
    { details: { policy } },
  );
}
