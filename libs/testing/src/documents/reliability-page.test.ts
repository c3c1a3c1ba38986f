import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { workspace } from '../servers/workspace.ts';
import { documentedTests, missingFrom } from './documented-tests.ts';

const page = 'docs/reliability.md';
const text = readFileSync(join(workspace, page), 'utf8');

describe('docs/reliability.md', () => {
  it('names tests that exist', () => {
    const tests = documentedTests(page);
    expect(tests.map(missingFrom).filter((missing) => missing !== null)).toEqual([]);
    // A row that the search does not understand would be true of nothing.
    expect(tests).toHaveLength([...text.matchAll(/\.ts` +\|/g)].length);
  });

  it('has every row of both catalogues', () => {
    const first = new Set([...text.matchAll(/^\| (S?\d+) +\|/gm)].map(([, number = '']) => number));
    const field = Array.from({ length: 24 }, (_, index) => String(index + 1));
    const seed = Array.from({ length: 28 }, (_, index) => `S${index + 1}`);
    expect([...field, ...seed].filter((number) => !first.has(number))).toEqual([]);
  });
});

describe('a documented test', () => {
  const mine = {
    file: 'libs/testing/src/documents/reliability-page.test.ts',
    name: 'names tests that exist',
    cases: [],
  };

  it.each([
    ['file', { ...mine, file: 'libs/testing/src/none.test.ts' }],
    ['name', { ...mine, name: `${mine.name} not` }],
    ['case', { ...mine, cases: ['x'.repeat(9)] }],
  ])('is missing when its %s is', (part, test) => {
    expect(missingFrom(mine)).toBeNull();
    expect(missingFrom(test)).toMatch(part === 'file' ? 'there is no' : part === 'name' ? 'no test' : 'no case');
  });
});
