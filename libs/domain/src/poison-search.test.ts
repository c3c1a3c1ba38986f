import { describe, expect, it } from '@jest/globals';
import { formatGroup, parseGroup, accountId, requestKey, tenantId } from '@batch-gpt/contracts';
import { splitGroup } from './poison-search.ts';

const group = formatGroup({
  tenant: tenantId.parse('acme'),
  account: accountId.parse('main'),
  endpoint: '/v1/embeddings',
  model: 'a|b%c',
  split: '',
});
const key = (start: string) => requestKey.parse(start.padEnd(64, '0'));

describe('splitGroup', () => {
  it('puts as many leading bits of the key into the group as the search is deep', () => {
    expect(parseGroup(splitGroup(group, key('a5'), 0)).split).toBe('');
    expect(parseGroup(splitGroup(group, key('a5'), 1)).split).toBe('1');
    expect(parseGroup(splitGroup(group, key('a5'), 6)).split).toBe('101001');
  });

  it('separates keys that differ in those bits and keeps the rest of the group', () => {
    expect(splitGroup(group, key('7'), 1)).not.toBe(splitGroup(group, key('8'), 1));
    expect(parseGroup(splitGroup(group, key('7'), 3))).toEqual({ ...parseGroup(group), split: '011' });
  });

  it('replaces the bits of a shallower search', () => {
    expect(splitGroup(splitGroup(group, key('f0'), 2), key('f0'), 5)).toBe(splitGroup(group, key('f0'), 5));
  });
});
