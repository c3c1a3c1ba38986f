import { describe, expect, it } from '@jest/globals';
import { parseTokenLimits } from './parse-token-limits.ts';

describe('limits of tokens by model', () => {
  it('are read with odd but real names', () => {
    expect(parseTokenLimits('gpt-4o=90000, ft:gpt-4o-mini:org::id=5 ,a=b=7')).toEqual({
      limits: { 'gpt-4o': 90_000, 'ft:gpt-4o-mini:org::id': 5, 'a=b': 7 },
    });
    expect(parseTokenLimits(null)).toEqual({ limits: {} });
  });

  it.each(['', 'gpt-4o', 'gpt-4o=', '=5', 'gpt-4o=0', 'gpt-4o=-1', 'gpt-4o=1e6', 'gpt-4o=5,', `${'m'.repeat(300)}=1`])(
    'refuse %j',
    (text) => expect(parseTokenLimits(text)).toEqual({ problem: expect.stringContaining('must look like') }),
  );

  it('refuse a model that is named twice', () => {
    expect(parseTokenLimits('a=1,a=2')).toEqual({ problem: 'names a model twice' });
  });
});
