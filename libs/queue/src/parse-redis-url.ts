import { AppError } from '@batch-gpt/errors';

/** Where a Redis is, in the names that ioredis and BullMQ share. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly servername: string };
}

/** Where a Redis is and how to log in, from `redis://` or `rediss://` with optional user, password and database number. */
export function parseRedisUrl(text: string): RedisAddress {
  const url = URL.parse(text);
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '') throw invalid();
  const database = /^\/?(\d{0,3})$/.exec(url.pathname)?.[1];
  if (database === undefined) throw invalid();
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host,
    port: url.port === '' ? 6379 : Number(url.port),
    db: Number(database),
    ...(url.username !== '' && { username: decoded(url.username) }),
    ...(url.password !== '' && { password: decoded(url.password) }),
    ...(url.protocol === 'rediss:' && { tls: { servername: host } }),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Thrown for malformed percent sequences only; the text holds a password and is not shown.
    throw invalid();
  }
}

const invalid = () =>
  new AppError(
    'config_invalid',
    'the Redis URL must look like redis://user:password@host:6379/0, with percent-encoded user and password',
  );
