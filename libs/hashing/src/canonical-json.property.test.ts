import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { tenantId } from '@batch-gpt/contracts';
import { canonicalJson } from './canonical-json.ts';
import { parseJson } from './parse-json.ts';
import { requestKeyOf } from './request-key.ts';
import { anyModel, canonicalOf, meaningOf, objectModel, type JsonModel } from './testing/json-model.ts';
import { printJson } from './testing/print-json.ts';

const parse = (text: string) => parseJson(text, { maxDepth: 64 });
const tenant = tenantId.parse('default');
const keyOf = (text: string) =>
  requestKeyOf({ tenant, endpoint: '/v1/responses', hashedText: canonicalJson(parse(text)) });

const style = fc.nat();
const runs = { numRuns: 1000, seed: 20_261_124 };

/** Puts another value in the place of one that the draws lead to. */
function graft(model: JsonModel, other: JsonModel, [turn, ...turns]: readonly number[]): JsonModel {
  if (turn === undefined) return other;
  if (model.kind === 'list' && model.items.length > 0) {
    const at = turn % model.items.length;
    return { ...model, items: model.items.map((item, index) => (index === at ? graft(item, other, turns) : item)) };
  }
  if (model.kind === 'object' && model.members.length > 0) {
    const at = turn % model.members.length;
    return {
      ...model,
      members: model.members.map(([name, value], index) => [name, index === at ? graft(value, other, turns) : value]),
    };
  }
  return other;
}

describe('equal meaning', () => {
  test('has an equal key, whatever the order, the spaces, the escapes, the spelling of short numbers', () => {
    fc.assert(
      fc.property(anyModel, style, style, (model, one, two) => {
        expect(keyOf(printJson(model, one))).toBe(keyOf(printJson(model, two)));
      }),
      runs,
    );
  });

  test('has one text, which is its own canonical text and one line of a file', () => {
    fc.assert(
      fc.property(anyModel, style, (model, one) => {
        const canonical = canonicalJson(parse(printJson(model, one)));
        expect(canonical).toBe(canonicalOf(model));
        expect(canonicalJson(parse(canonical))).toBe(canonical);
        expect(canonical).not.toMatch(/[\n\r]/);
        expect(canonical.isWellFormed()).toBe(true);
      }),
      runs,
    );
  });

  test('of the whole without a field is that of the rest', () => {
    fc.assert(
      fc.property(objectModel, style, (model, one) => {
        const value = parse(printJson(model, one));
        const members = model.kind === 'object' ? model.members : [];
        for (const [name] of members) {
          const rest: JsonModel = { kind: 'object', members: members.filter(([other]) => other !== name) };
          expect(canonicalJson(value, { omit: new Set([name]) })).toBe(canonicalJson(parse(printJson(rest, one))));
        }
      }),
      { ...runs, numRuns: 300 },
    );
  });
});

describe('different meaning', () => {
  test('has a different key, however small the difference and however deep', () => {
    let different = 0;
    fc.assert(
      fc.property(anyModel, anyModel, fc.array(style, { maxLength: 5 }), style, (model, other, turns, one) => {
        const grafted = graft(model, other, turns);
        const same = meaningOf(grafted) === meaningOf(model);
        if (!same) different += 1;
        expect(keyOf(printJson(grafted, one)) === keyOf(printJson(model, one))).toBe(
          same && isSpeltAlike(grafted, model),
        );
      }),
      runs,
    );
    expect(different).toBeGreaterThan(runs.numRuns / 2);
  });

  test.each([
    ['{"a":1}', '{"a":1,"__proto__":{}}'],
    ['{"__proto__":{"a":1}}', '{"__proto__":{"a":2}}'],
    ['{"__proto__":null}', '{"constructor":null}'],
    ['{"constructor":{"prototype":1}}', '{"constructor":{}}'],
    ['[9223372036854775807]', '[9223372036854775808]'],
    ['[1e21]', '[1e22]'],
    ['[-1]', '[1]'],
    ['["\\ud800"]', '["\\udfff"]'],
    ['["\\ud83d\\ude00"]', '["\\ude00\\ud83d"]'],
    ['[1,[2,3]]', '[[1,2],3]'],
    ['{"a":{"b":1}}', '{"a":"{\\"b\\":1}"}'],
    ['[9007199254740993]', '[{"rawJSON":"9007199254740993"}]'],
  ])('%s and %s', (one, two) => {
    expect(keyOf(one)).not.toBe(keyOf(two));
  });

  test('tenant, endpoint and text cannot pass for one another', () => {
    const content = fc.record({
      tenant: fc.stringMatching(/^[a-z0-9]{1,12}$/).map((text) => tenantId.parse(text)),
      endpoint: fc.constantFrom('/v1/responses' as const, '/v1/embeddings' as const),
      hashedText: fc.string(),
    });
    fc.assert(
      fc.property(content, content, (one, two) => {
        const same = one.tenant === two.tenant && one.endpoint === two.endpoint && one.hashedText === two.hashedText;
        expect(requestKeyOf(one) === requestKeyOf(two)).toBe(same);
      }),
      runs,
    );
  });
});

test('exactly what is deeper than the limit is refused, whatever stands around it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 80 }), fc.boolean(), anyModel, style, (depth, lists, beside, one) => {
      const [open, close] = lists ? ['[', ']'] : ['{"a":', '}'];
      const flat = printJson({ kind: 'string', value: meaningOf(beside) }, one);
      const text = open.repeat(depth) + flat + close.repeat(depth);
      if (depth <= 64) expect(() => parse(text)).not.toThrow();
      else expect(() => parse(text)).toThrow(/deeper than 64/);
    }),
    { ...runs, numRuns: 300 },
  );
});

/** Long numbers have one spelling: the same number written in two ways counts as two. */
function isSpeltAlike(one: JsonModel, two: JsonModel): boolean {
  return canonicalOf(one) === canonicalOf(two);
}
