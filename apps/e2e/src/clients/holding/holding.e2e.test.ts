import { beforeAll, describe, expect, test } from '@jest/globals';
import { pythonForTests } from '../python/python-for-tests.ts';
import { clientNames, lifelines, type CallEnd } from './holding-call.ts';
import { measureHolding, type Holding, type HoldingRow } from './measure.ts';
import { nginxVersion } from './start-nginx.ts';

const client = await pythonForTests();
const version = await nginxVersion();
if (version === null) process.emitWarning('the tests through a proxy are skipped: no nginx on the path');
const suite = client === null || version === null ? describe.skip : describe;

// A connection that is silent for longer than the proxy reads is cut; whatever else keeps it alive survives that.
suite('a hold that is longer than a proxy’s read timeout', () => {
  let holding: Holding;
  beforeAll(async () => {
    const times = { proxyRead: 1500, beat: 300, holdMax: 1000 };
    holding = await measureHolding(client?.python ?? '', times, (cut) => cut);
  });

  const told = ({ kind, detail }: CallEnd): string => `${kind} ${detail}`.trim();
  const pairs = clientNames.flatMap((name) => lifelines.map((lifeline) => [name, lifeline] as const));
  const expectRow = (name: string, lifeline: string, ends: Pick<HoldingRow, 'direct' | 'proxied'> | undefined) => {
    // requests takes an interim answer for the final one: it has to ask for them to get one.
    const mishandled = name === 'requests of Python' && lifeline === '102';
    const good = mishandled ? 'refused 102' : 'answered';
    const throughProxy = lifeline === 'silence' ? 'refused 504' : good;
    expect(ends && [told(ends.direct), told(ends.proxied)]).toEqual([good, throughProxy]);
  };

  test.each(pairs)('%s, kept alive by %s', (name, lifeline) => {
    expectRow(
      name,
      lifeline,
      holding.rows.find((row) => row.client === name && row.lifeline === lifeline),
    );
  });

  test('with HOLD_MAX below it the retryable reply comes before the proxy’s own error', () => {
    expect(told(holding.early)).toBe('refused 503 still_processing');
  });

  test('with HOLD_MAX below it the official client comes again until it is answered', () => {
    expect(told(holding.patient)).toBe('answered');
  });

  test('leaves no connection in the proxy on which the next call would hang', () => {
    expect(told(holding.next)).toBe('answered');
  });

  test('a client that went away is answered by another gateway', () => {
    expect(told(holding.cameBack)).toBe('answered');
  });

  test('every question is one line, however often it was asked', () => {
    expect(holding.linesRun).toBe(holding.asked);
  });
});
