import { describe, expect, it } from '@jest/globals';
import { encodeBson } from './bson.ts';

describe('encoding BSON', () => {
  it('gives the bytes of the example at bsonspec.org', () => {
    const bytes = '\x16\x00\x00\x00\x02hello\x00\x06\x00\x00\x00world\x00\x00';
    expect(encodeBson({ hello: 'world' }).toString('latin1')).toBe(bytes);
  });

  it('encodes numbers, booleans, documents and lists', () => {
    const inner = '\x0c\x00\x00\x00\x10n\x00\x05\x00\x00\x00\x00';
    const list = `\x14\x00\x00\x00\x030\x00${inner}\x00`;
    expect(encodeBson({ t: true, l: [{ n: 5 }] }).toString('latin1')).toBe(
      `\x20\x00\x00\x00\x08t\x00\x01\x04l\x00${list}\x00`,
    );
  });
});
