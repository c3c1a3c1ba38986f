import { expect, test } from '@jest/globals';
import { AppError } from '@batch-gpt/errors';
import { createLogger } from '@batch-gpt/logging';
import { tellStoreTrouble } from './tell-store-trouble.ts';
import { createManualGatewayClock } from './testing/manual-gateway-clock.ts';

function setUp() {
  const lines: string[] = [];
  const logger = createLogger({
    service: 'gateway',
    level: 'debug',
    format: 'json',
    write: (line) => void lines.push(line),
  });
  const clock = createManualGatewayClock(0);
  const within = tellStoreTrouble((work) => work, clock, logger);
  const away = () => within(Promise.reject(new AppError('store_unavailable', 'Away.')));
  return {
    clock,
    within,
    fail: () => expect(away()).rejects.toMatchObject({ code: 'store_unavailable' }),
    succeed: () => within(Promise.resolve(1)),
    said: async () => {
      await logger.flush();
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
  };
}

test('an outage is two lines, whatever comes to pass within it', async () => {
  const { clock, fail, succeed, said } = setUp();
  expect(await succeed()).toBe(1);
  for (let turn = 0; turn < 5; turn += 1) {
    await fail();
    await succeed();
    await clock.advance(9000);
  }
  expect(await said()).toMatchObject([{ level: 'warn', err: { code: 'store_unavailable' } }]);
  await clock.advance(1000);
  await succeed();
  await succeed();
  expect((await said()).slice(1)).toMatchObject([
    { level: 'info', msg: 'the store answers again', failed: 5, forMs: 36_000 },
  ]);
  await fail();
  expect((await said()).map(({ level }) => level)).toEqual(['warn', 'info', 'warn']);
});

test('an error of another kind says nothing of the store', async () => {
  const { within, said } = setUp();
  await expect(within(Promise.reject(new Error('bug')))).rejects.toThrow('bug');
  expect(await said()).toEqual([]);
});
