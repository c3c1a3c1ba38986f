import { describe, expect, test } from '@jest/globals';
import { parseNews } from './parse-news.ts';

describe('parseNews', () => {
  test.each(['batch_abc123', `batch_${'0'.repeat(32)}`, 'a'.repeat(128)])('reads news of %s', (id) => {
    expect(parseNews(JSON.stringify({ id }))).toEqual({ id });
  });

  test.each([
    ['no JSON', 'batch_abc123'],
    ['no id', '{}'],
    ['an id that is none', '{"id":"a b"}'],
    ['an empty id', '{"id":""}'],
    ['too long an id', JSON.stringify({ id: 'a'.repeat(129) })],
    ['too long a message', `${' '.repeat(200)}{"id":"a"}`],
  ])('gives null for %s', (_case, message) => {
    expect(parseNews(message)).toBeNull();
  });
});
