import { describe, expect, test } from '@jest/globals';
import { parseOutcomeEvent } from './parse-outcome-event.ts';

const keys = (count: number) => Array.from({ length: count }, (_, index) => index.toString(16).padStart(64, '0'));

describe('parseOutcomeEvent', () => {
  test('reads outcomes and beats', () => {
    expect(parseOutcomeEvent(JSON.stringify({ kind: 'outcomes', keys: keys(2) }))).toEqual({
      kind: 'outcomes',
      keys: keys(2),
    });
    expect(parseOutcomeEvent('{"kind":"beat","from":"a"}')).toEqual({ kind: 'beat', from: 'a' });
  });

  test('reads the longest message that is announced', () => {
    expect(parseOutcomeEvent(JSON.stringify({ kind: 'outcomes', keys: keys(500) }))).toMatchObject({
      kind: 'outcomes',
    });
  });

  test.each([
    ['no JSON', 'outcomes'],
    ['another kind', '{"kind":"purge"}'],
    ['no keys', '{"kind":"outcomes","keys":[]}'],
    ['a key that is none', '{"kind":"outcomes","keys":["x"]}'],
    ['too many keys', JSON.stringify({ kind: 'outcomes', keys: keys(501) })],
    ['too long', ' '.repeat(40_001)],
  ])('gives null for %s', (_case, message) => {
    expect(parseOutcomeEvent(message)).toBeNull();
  });
});
