import { describe, expect, it } from '@jest/globals';
import { requestKey } from '@batch-gpt/contracts';
import { noSizes, reachedLimit, takeWhatFits, type BatchLimits } from './batch-limits.ts';
import { batchLine, batchLineBytes } from './batch-line.ts';
import type { Candidate } from './request.ts';

const limits: BatchLimits = { lines: 3, bytes: 1000, inputs: 10 };
const candidate = (lineBytes: number, inputs = 0): Candidate => ({
  key: requestKey.parse('0'.repeat(64)),
  acceptedAt: 1,
  lineBytes,
  tokens: 1,
  inputs,
});

describe('takeWhatFits', () => {
  // seed S15
  it.each([
    ['lines', [1, 1, 1, 1].map((bytes) => candidate(bytes)), 3, true],
    ['bytes', [500, 500, 1].map((bytes) => candidate(bytes)), 2, true],
    ['inputs', [candidate(1, 6), candidate(1, 5)], 1, true],
    ['one line that is larger than a batch', [candidate(1001), candidate(1)], 1, true],
    ['one line with more inputs than a batch', [candidate(1, 11)], 1, false],
    ['nothing left', [candidate(1), candidate(1)], 2, false],
  ] as const)('stops at the limit of %s', (_name, candidates, taken, full) => {
    const prefix = takeWhatFits(candidates, noSizes, limits);
    expect(prefix.fitting).toHaveLength(taken);
    expect(prefix.full).toBe(full);
  });

  it('counts tokens where they are limited', () => {
    const two = [candidate(1), candidate(1)];
    expect(takeWhatFits(two, noSizes, { ...limits, tokens: 1 })).toMatchObject({ full: true, sizes: { tokens: 1 } });
  });

  it('goes on from what was taken before', () => {
    const first = takeWhatFits([candidate(600)], noSizes, limits);
    expect(takeWhatFits([candidate(500)], first.sizes, limits).fitting).toHaveLength(0);
  });
});

describe('reachedLimit', () => {
  it('names the limit', () => {
    expect(reachedLimit({ lines: 3, bytes: 0, tokens: 0, inputs: 0 }, limits)).toBe('lines');
    expect(reachedLimit({ lines: 1, bytes: 1000, tokens: 0, inputs: 0 }, limits)).toBe('bytes');
    expect(reachedLimit({ lines: 1, bytes: 0, tokens: 0, inputs: 10 }, limits)).toBe('inputs');
    expect(reachedLimit(noSizes, limits)).toBeNull();
  });
});

describe('batchLine', () => {
  it('pastes the body in as it is and has the size that was announced', () => {
    const body = '{"model":"m","input":"\u2028 é 😀","n":12345678901234567890}';
    const line = batchLine(requestKey.parse('ab'.repeat(32)), '/v1/responses', body);
    expect(line).toContain(`"body":${body}}`);
    expect(Buffer.byteLength(line)).toBe(batchLineBytes('/v1/responses', Buffer.byteLength(body)));
    expect(JSON.parse(line)).toMatchObject({ method: 'POST', url: '/v1/responses' });
  });
});
