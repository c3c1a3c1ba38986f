import { expect, test } from '@jest/globals';
import { mostPages, ownPage } from './own-page.ts';

/** A provider with so many objects, of which every `nth` is the caller's. */
function setUp(count: number, nth: number) {
  const queries: string[] = [];
  const all = Array.from({ length: count }, (_, n) => ({ id: `o${n}`, mine: n % nth === nth - 1 }));
  const page = (query: string, limit: number) =>
    ownPage({
      query: new URLSearchParams(query),
      limit,
      pageSize: '10',
      fetchPage: (asked) => {
        queries.push(asked.toString());
        const start = all.findIndex(({ id }) => id === asked.get('after')) + 1;
        const data = all.slice(start, start + Number(asked.get('limit')));
        const list = { object: 'list' as const, data, has_more: start + data.length < count, extra: 1 };
        return Promise.resolve({ kind: 'list', list });
      },
      keep: (items) => Promise.resolve(items.filter((item) => item['mine'] === true)),
    });
  return { page, queries };
}
const shown = (ids: readonly string[], has_more: boolean) => ({
  kind: 'list',
  list: {
    ...{ object: 'list', extra: 1, has_more, data: ids.map((id) => ({ id, mine: true })) },
    ...{ first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null },
  },
});

test('reads on until the page is full, and says whether there is more', async () => {
  const { page, queries } = setUp(50, 12);
  expect(await page('limit=2&order=asc', 2)).toEqual(shown(['o11', 'o23'], true));
  expect(queries).toEqual([
    'limit=10&order=asc',
    'limit=10&order=asc&after=o9',
    'limit=10&order=asc&after=o19',
    'limit=10&order=asc&after=o29',
  ]);
  expect(await page('after=o23', 2)).toEqual(shown(['o35', 'o47'], false));
});

test('is empty only if there is nothing', async () => {
  expect(await setUp(50, 100).page('', 2)).toEqual(shown([], false));
  expect(await setUp(0, 1).page('', 2)).toEqual(shown([], false));
});

test('after a long stretch of foreign objects it ends, with what was found or with an error', async () => {
  const { page, queries } = setUp(2000, 300);
  expect(await page('', 20)).toMatchObject(shown(['o299'], true));
  expect(queries).toHaveLength(mostPages);
  await expect(setUp(2000, 900).page('', 20)).rejects.toMatchObject({ code: 'conflict' });
});

test('an answer that is no list is given as it is', async () => {
  const answer = {} as never;
  const options = { query: new URLSearchParams(), limit: 1, pageSize: '1', keep: () => Promise.resolve([]) };
  expect(await ownPage({ ...options, fetchPage: () => Promise.resolve({ kind: 'answer', answer }) })).toEqual({
    kind: 'answer',
    answer,
  });
});
