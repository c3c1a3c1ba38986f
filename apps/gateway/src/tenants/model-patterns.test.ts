import { expect, test } from '@jest/globals';
import { modelPatterns } from './model-patterns.ts';

test.each([
  [['gpt-4o'], 'gpt-4o', true],
  [['gpt-4o'], 'gpt-4o-mini', false],
  [['gpt-4o*'], 'gpt-4o-mini', true],
  [['gpt-4o*'], 'gpt-4o', true],
  [['gpt-4o*'], 'my-gpt-4o', false],
  [['*mini'], 'gpt-4o-mini', true],
  [['*mini'], 'gpt-4o-mini-2024-07-18', false],
  [['ft:*:acme:*'], 'ft:gpt-4o-mini:acme::abc', true],
  [['ft:*:acme:*'], 'ft:gpt-4o-mini:other::abc', false],
  [['a*b*a'], 'aba', true],
  // The parts may not overlap.
  [['ab*ba'], 'aba', false],
  [['a*b*b'], 'ab', false],
  [['*'], 'anything at all', true],
  [['**'], '', true],
  [['gpt.4o'], 'gpt-4o', false],
  [['one', 'two'], 'two', true],
  [['one', 'two'], 'three', false],
])('%j and %s: %p', (patterns, model, covered) => {
  expect(modelPatterns(patterns)(model)).toBe(covered);
});

test('without patterns every model is covered', () => {
  expect(modelPatterns(undefined)('anything')).toBe(true);
});

test('a pattern of many stars takes no time worth noticing', () => {
  // Backtracking would need more steps than there are atoms.
  expect(modelPatterns(['a*'.repeat(120) + 'b'])('a'.repeat(256))).toBe(false);
});
