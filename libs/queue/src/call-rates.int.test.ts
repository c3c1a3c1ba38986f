import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { silentLogger } from '@batch-gpt/logging';
import { eventually, startTestRedis, type TestServer } from '@batch-gpt/testing';
import { createSignals, type Signals } from './create-signals.ts';

let server: TestServer;
const opened: Signals[] = [];
beforeAll(async () => {
  server = await startTestRedis();
});
afterEach(async () => {
  for (const signals of opened.splice(0)) await signals[Symbol.asyncDispose]();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Another process, as far as Redis can tell. */
async function open(prefix: string) {
  const signals = createSignals({ redisUrl: server.url, prefix, logger: silentLogger });
  opened.push(signals);
  await signals.fitness();
  return signals.callRates;
}

it('is one rate for all processes, whoever asks first', async () => {
  const [a, b] = [await open('shared'), await open('shared')];
  const rate = { name: 'acme', perMinute: 100 };
  const taken = await Promise.all(Array.from({ length: 30 }, (_, n) => (n % 2 === 0 ? a : b).take(rate, 7)));
  const granted = taken.reduce((sum, one) => sum + one.granted, 0);
  // Full at first; a machine that is slow over this sees it fill a little.
  expect(granted).toBeGreaterThanOrEqual(100);
  expect(granted).toBeLessThan(200);
  expect(taken.some((one) => one.granted === 0 && one.pause > 0 && one.pause <= 600)).toBe(true);
  expect((await a.take({ name: 'beta', perMinute: 100 }, 7)).granted).toBe(7);
});

it('fills again', async () => {
  const rates = await open('fills');
  const rate = { name: 'acme', perMinute: 600 };
  const first = await rates.take(rate, 590);
  expect(first).toMatchObject({ granted: 590, left: 10 });
  expect((await rates.take(rate, 10)).granted).toBe(10);
  await eventually(async () => (await rates.take(rate, 1)).granted === 1);
});

it('grants nothing at a rate of zero', async () => {
  const rates = await open('zero');
  expect(await rates.take({ name: 'acme', perMinute: 0 }, 3)).toEqual({ granted: 0, pause: 60_000, left: 0 });
});

it('goes on by itself when Redis is gone, and is shared again when it is back', async () => {
  const rates = await open('outage');
  const rate = { name: 'acme', perMinute: 2 };
  expect((await rates.take(rate, 2)).granted).toBe(2);
  await server.kill();
  expect((await rates.take(rate, 5)).granted).toBe(2);
  await server.restart();
  // Redis forgot, and the process forgets what it granted alone.
  await eventually(async () => (await rates.take(rate, 2)).granted > 0);
});
