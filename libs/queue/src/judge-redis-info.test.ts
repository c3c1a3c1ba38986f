import { AppError } from '@batch-gpt/errors';
import { describe, expect, test } from '@jest/globals';
import { judgeRedisInfo } from './judge-redis-info.ts';

const info = (version: string, policy?: string) =>
  ['# Server', `redis_version:${version}`, '# Memory', ...(policy ? [`maxmemory_policy:${policy}`] : []), ''].join(
    '\r\n',
  );

const refusalOf = (text: string) => {
  try {
    return judgeRedisInfo(text);
  } catch (error) {
    return error;
  }
};

describe('judgeRedisInfo', () => {
  test.each(['6.2.0', '7.0.15', '8.2.1', '10.0.0'])('accepts %s that never evicts', (version) => {
    expect(judgeRedisInfo(info(version, 'noeviction'))).toBe(version);
  });

  test.each(['5.0.14', '6.0.16'])('refuses %s as too old', (version) => {
    expect(refusalOf(info(version, 'noeviction'))).toMatchObject({ code: 'config_invalid', details: { version } });
  });

  test.each(['allkeys-lru', 'volatile-ttl'])('refuses %s and says what to do', (policy) => {
    const refusal = refusalOf(info('7.0.15', policy));
    expect(AppError.is(refusal, 'config_invalid')).toBe(true);
    expect((refusal as AppError).message).toContain('Set maxmemory-policy to noeviction');
  });

  test('accepts a server that says neither', () => {
    expect(judgeRedisInfo('# Server\r\n')).toBe('unknown');
    expect(judgeRedisInfo(info('7.0.0'))).toBe('7.0.0');
  });
});
