import { describe, expect, test } from '@jest/globals';
import { createAdmission } from './admission.ts';

describe('admission', () => {
  test('bounds calls, and a leaver makes room once', () => {
    const admission = createAdmission({ maxCalls: 2, maxBytes: 100 });
    const first = admission.enter();
    admission.enter();
    expect(() => admission.enter()).toThrow('Too many requests');
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(admission.open).toBe(1);
    admission.enter();
    expect(() => admission.enter()).toThrow('Too many requests');
  });

  test('bounds the bytes of all bodies together, and gives them back', () => {
    const admission = createAdmission({ maxCalls: 10, maxBytes: 100 });
    const first = admission.enter();
    const second = admission.enter();
    first.grow(80);
    expect(() => second.grow(30)).toThrow('Too many requests');
    second.grow(20);
    first.clear();
    second.grow(60);
    expect(() => first.grow(30)).toThrow('Too many requests');
    second[Symbol.dispose]();
    first.grow(100);
    first.clear();
  });

  test('a body that is alone is let in whatever its size', () => {
    const admission = createAdmission({ maxCalls: 10, maxBytes: 100 });
    expect(() => admission.enter().grow(500)).not.toThrow();
  });
});
