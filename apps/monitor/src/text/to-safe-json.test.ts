import { describe, expect, it } from '@jest/globals';
import { toSafeJson } from './to-safe-json.ts';

describe('JSON for a terminal', () => {
  it('has no character that a terminal obeys, and means the same', () => {
    const value = { text: 'a\u001b[2J\u009b1m\u202eb\u{e0001}c\n' };
    const json = toSafeJson(value);
    expect(json).toBe('{"text":"a\\u001b[2J\\u009b1m\\u202eb\\udb40\\udc01c\\n"}');
    expect(JSON.parse(json)).toEqual(value);
  });
});
