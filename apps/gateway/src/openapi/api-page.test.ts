import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { apiPage } from './api-page.ts';
import { createDocument } from './document.ts';
import { fieldRows, typeWords } from './schema-words.ts';

test('docs/api.md is what `npm run api-page -w @batch-gpt/gateway` writes', () => {
  const page = readFileSync(new URL('../../../../docs/api.md', import.meta.url), 'utf8');
  expect(page).toBe(apiPage(createDocument()));
});

test('every link within the page leads to a heading', () => {
  const page = apiPage(createDocument());
  const headings = new Set([...page.matchAll(/^#+ (\w+)$/gm)].map(([, name = '']) => name.toLowerCase()));
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, name = '']) => name);
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter((name) => !headings.has(name))).toEqual([]);
});

describe('a schema in words', () => {
  test.each([
    [{ $ref: '#/components/schemas/Batch' }, '[Batch](#batch)'],
    [{ type: 'string', const: 'list' }, '`"list"`'],
    [{ type: 'string', enum: ['a', 'b'] }, '`"a"`, `"b"`'],
    [{ type: ['string', 'null'] }, 'string or null'],
    [{ anyOf: [{ type: 'string' }, { type: 'string' }, { type: 'null' }] }, 'string or null'],
    [{ type: 'object', anyOf: [{ required: ['a'] }] }, 'object'],
    [{ type: 'array', items: {} }, 'list'],
    [{ type: 'array', items: { type: 'object' }, minItems: 1 }, 'list of object, not empty'],
    [{ type: 'integer', minimum: 1, maximum: 100 }, 'integer from 1 to 100'],
    [{ type: 'string', pattern: '^a|b$' }, 'string, `^a|b$`'],
    [{}, 'anything'],
  ] as const)('%j', (schema, words) => {
    expect(typeWords(JSON.parse(JSON.stringify(schema)) as Parameters<typeof typeWords>[0])).toBe(words);
  });

  test('fields within fields and lists stand below them', () => {
    const at = { type: 'integer', description: 'when' } as const;
    const entry = { type: 'object', properties: { at }, required: ['at'] } as const;
    const schema = { properties: { log: { type: 'array', items: entry }, last: { anyOf: [entry, { type: 'null' }] } } };
    expect(fieldRows(JSON.parse(JSON.stringify(schema)) as Parameters<typeof fieldRows>[0])).toEqual([
      { name: 'log', type: 'list of object', required: false, says: '' },
      { name: 'log[].at', type: 'integer', required: true, says: 'when' },
      { name: 'last', type: 'object or null', required: false, says: '' },
      { name: 'last.at', type: 'integer', required: true, says: 'when' },
    ]);
  });
});
