import { describe, expect, it } from '@jest/globals';
import { sampleNow } from '../testing/samples.ts';
import { parseRequestFilter } from './parse-request-filter.ts';

describe('the filter of requests', () => {
  it.each<[string, unknown]>([
    ['', {}],
    ['3FA8', { key: '3fa8' }],
    ['state:done tenant:acme', { state: 'done', tenant: 'acme' }],
    ['model:"a name" since:2h', { model: 'a name', since: sampleNow - 7200 }],
    ['model:ft:gpt-4o:x', { model: 'ft:gpt-4o:x' }],
    ['hello', '"hello" is not the beginning of a request\'s id'],
    ['state:lost', 'state: is one of accepted, collected, done'],
    ['since:yesterday', 'since: is a time ago, like 30m, 2h or 7d'],
    ['since:999999d', { since: 0 }],
    ['tenant:', 'tenant: of what?'],
    ['color:red', 'color: is unknown; there are state: tenant: model: since:'],
  ])('%p', (text, filter) => expect(parseRequestFilter(text, sampleNow)).toEqual(filter));
});
