import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { batchEndpoint, type BatchEndpoint } from '@batch-gpt/contracts';
import { endpointTable } from '@batch-gpt/domain';
import { canonicalJson, parseJson } from '@batch-gpt/hashing';
import { prepareBody } from './prepare-request.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What each endpoint needs; everything else is up to the caller. */
const needed: Readonly<Record<BatchEndpoint, Fields>> = {
  '/v1/chat/completions': { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }] },
  '/v1/responses': { model: 'gpt-4o-mini', input: 'hello' },
  '/v1/embeddings': { model: 'text-embedding-3-small', input: 'hello' },
  '/v1/completions': { model: 'gpt-3.5-turbo-instruct', prompt: 'hello' },
  '/v1/moderations': { input: 'hello' },
  '/v1/images/generations': { model: 'gpt-image-2', prompt: 'a cat' },
};

const unhashed = [...endpointTable['/v1/chat/completions'].unhashed];
const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom<unknown>(0, '', false, null, 1e21, '\ud800', {}));
const hashedName = fc.oneof(
  fc.constantFrom('temperature', 'n', 'seed', '__proto__', 'constructor', 'tomorrows_field', '0', 'größe'),
  fc.string({ minLength: 1, maxLength: 8 }),
);
/** Fields of no account to the key; what asks for a delivery is checked, and what `background` means is not everywhere the same. */
const deliveries = ['stream', 'background'];
const unhashedFields = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...unhashed.filter((name) => !deliveries.includes(name))), value),
    fc.constantFrom<Fields>({}, { stream: false }, { stream: null }),
  )
  .map(([fields, stream]): Fields => ({ ...fields, ...stream }));
const runs = { numRuns: 300, seed: 20_261_124 };

describe.each(batchEndpoint.options)('%s', (path) => {
  const endpoint = endpointTable[path];
  const reserved = new Set([...Object.keys(needed[path]), 'background', ...unhashed]);
  const hashedFields = fc.dictionary(
    hashedName.filter((name) => !reserved.has(name)),
    value,
  );
  const prepare = (...fields: readonly Fields[]) => prepareBody(endpoint, merged(needed[path], ...fields));

  // invariant I5
  test('a line is the body without what is never sent, in one line', () => {
    fc.assert(
      fc.property(hashedFields, unhashedFields, (fields, more) => {
        const { lineText, model } = prepare(fields, more);
        const sent = Object.entries(merged(needed[path], fields, more)).filter(
          ([name]) => !endpoint.neverSent.has(name),
        );
        const expected = merged({ model }, Object.fromEntries(sent));
        expect(canonicalJson(parseJson(lineText, { maxDepth: 64 }))).toBe(canonicalJson(expected));
        expect(lineText).toBe(canonicalJson(expected));
        expect(lineText).not.toMatch(/[\r\n]/);
      }),
      runs,
    );
  });

  test('what is left out of the key changes nothing of it, everything else does', () => {
    fc.assert(
      fc.property(hashedFields, hashedFields, unhashedFields, unhashedFields, (fields, others, more, less) => {
        const { hashedText } = prepare(fields, more);
        expect(prepare(less, fields).hashedText).toBe(hashedText);
        const same = canonicalJson(fields) === canonicalJson(others);
        expect(prepare(others, more).hashedText === hashedText).toBe(same);
      }),
      runs,
    );
  });
});

test('a moderation without a model is the one that names the usual model', () => {
  const { '/v1/moderations': moderations } = endpointTable;
  const named = prepareBody(moderations, { model: 'omni-moderation-latest', input: 'x' });
  expect(prepareBody(moderations, { input: 'x' })).toEqual(named);
  expect(prepareBody(moderations, { input: 'x', model: null })).toEqual(named);
  expect(named.lineText).toBe('{"input":"x","model":"omni-moderation-latest"}');
});

test('a picture before another background is another picture', () => {
  const draw = (background: unknown) =>
    prepareBody(endpointTable['/v1/images/generations'], { model: 'gpt-image-2', prompt: 'a cat', background });
  expect(draw('transparent').hashedText).not.toBe(draw('opaque').hashedText);
  expect(draw('transparent').lineText).toContain('"background":"transparent"');
});

/** All own fields, `__proto__` included; later ones win. */
function merged(...all: readonly Fields[]): Fields {
  return Object.fromEntries(all.flatMap((fields) => Object.entries(fields)));
}
