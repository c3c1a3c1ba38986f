import { expect, it } from '@jest/globals';
import { AppError } from '@batch-gpt/errors';
import type { Logger } from '@batch-gpt/logging';
import { shareCallRates } from './call-rates.ts';

it('counts by itself while Redis is away, says so once, and forgets it when Redis is back', async () => {
  let away = false;
  let now = 0;
  const lines: string[] = [];
  const rates = shareCallRates({
    ask: () =>
      away
        ? Promise.reject(new AppError('queue_unavailable', 'Redis is not reachable'))
        : Promise.resolve({ granted: 1, pause: 0, left: 4.5 }),
    logger: {
      info: (line: string) => void lines.push(line),
      warn: (line: string) => void lines.push(line),
    } as unknown as Logger,
    monotonic: () => now,
  });
  const take = (name: string, wanted: number) => rates.take({ name, perMinute: 6 }, wanted);

  expect(await take('acme', 1)).toEqual({ granted: 1, pause: 0, left: 4.5 });
  away = true;
  expect(await take('acme', 10)).toEqual({ granted: 6, pause: 10_000, left: 0 });
  expect(await take('acme', 1)).toEqual({ granted: 0, pause: 10_000, left: 0 });
  expect(await take('beta', 1)).toEqual({ granted: 1, pause: 0, left: 5 });
  now = 10_000;
  expect((await take('acme', 5)).granted).toBe(1);
  away = false;
  await take('acme', 1);
  away = true;
  expect((await take('acme', 10)).granted).toBe(6);
  const [isAway, isBack] = [
    'calls cannot be counted over all processes, each counts by itself',
    'calls are counted over all processes again',
  ];
  expect(lines).toEqual([isAway, isBack, isAway]);
});

it('hides no bug behind a count of its own', async () => {
  const rates = shareCallRates({
    ask: () => Promise.reject(new TypeError('no such thing')),
    logger: {} as Logger,
    monotonic: () => 0,
  });
  await expect(rates.take({ name: 'acme', perMinute: 1 }, 1)).rejects.toThrow('no such thing');
});
