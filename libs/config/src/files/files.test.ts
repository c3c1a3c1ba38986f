import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseConfigJson } from './parse-config-json.ts';
import { readConfigText } from './read-config-text.ts';
import { shownName } from './shown-name.ts';

describe('readConfigText', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'batch-gpt-config-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives the text, or says why there is none', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'ünï\n');
    expect(await readConfigText(path, 6)).toEqual({ text: 'ünï\n' });
    expect(await readConfigText(path, 5)).toEqual({ problem: 'is larger than 5 bytes', missing: false });
    expect(await readConfigText(folder, 5)).toEqual({ problem: 'is not a file', missing: false });
    expect(await readConfigText(join(folder, 'no'), 5)).toEqual({ problem: 'cannot be read (ENOENT)', missing: true });
  });
});

describe('parseConfigJson', () => {
  it.each([
    ['{"a": [1]}', { value: { a: [1] } }],
    ['{"a":\n "secret" "x"}', { problem: 'is not JSON from line 2, column 11' }],
    ['secret', { problem: expect.stringMatching(/^is not JSON( from line 1, column \d+)?$/) }],
    ['', { problem: 'is not JSON' }],
  ])('%j', (text, parsed) => {
    expect(parseConfigJson(text)).toEqual(parsed);
  });
});

describe('shownName', () => {
  it.each<[PropertyKey, string]>([
    [7, '7'],
    ['gpt-4o', 'gpt-4o'],
    ['a b', '(not shown)'],
    ['', '(not shown)'],
    ['SK-short', '(not shown)'],
    ['x'.repeat(25), '(not shown)'],
  ])('%p', (name, shown) => {
    expect(shownName(name, 24)).toBe(shown);
  });
});
