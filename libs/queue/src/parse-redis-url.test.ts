import { describe, expect, test } from '@jest/globals';
import { parseRedisUrl } from './parse-redis-url.ts';

describe('parseRedisUrl', () => {
  test('fills in what is left out', () => {
    expect(parseRedisUrl('redis://cache.example')).toEqual({ host: 'cache.example', port: 6379, db: 0 });
  });

  test('reads user, password, port and database', () => {
    expect(parseRedisUrl('redis://app:pw@10.0.0.7:6380/3')).toEqual({
      host: '10.0.0.7',
      port: 6380,
      db: 3,
      username: 'app',
      password: 'pw',
    });
  });

  test('keeps odd characters of a percent-encoded password', () => {
    const password = 'p@ss/w?rd#1:%+ü &=';
    expect(parseRedisUrl(`redis://:${encodeURIComponent(password)}@h`)).toEqual({
      host: 'h',
      port: 6379,
      db: 0,
      password,
    });
  });

  test('asks for TLS with the server name', () => {
    expect(parseRedisUrl('rediss://r.example:6390').tls).toEqual({ servername: 'r.example' });
  });

  test('takes the brackets off an IPv6 address', () => {
    expect(parseRedisUrl('redis://[::1]:7000').host).toBe('::1');
  });

  test.each(['', 'localhost:6379', 'http://h', 'redis://', 'redis://h/name', 'redis://:%zz@h', 'redis://:a/b@h'])(
    'refuses %j without showing it',
    (text) => {
      expect(() => parseRedisUrl(text)).toThrow('the Redis URL must look like redis://user:password@host:6379/0');
    },
  );
});
