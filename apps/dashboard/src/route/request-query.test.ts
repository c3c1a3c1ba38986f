import { expect, it } from '@jest/globals';
import { requestQueryOf } from './request-query.ts';

it('looks for what the address has', () => {
  const query = { key: 'AB12', tenant: 'acme', model: 'gpt-4o', state: 'done', after: 'x', since: '2026-12-01T10:30' };
  expect(requestQueryOf(query)).toEqual({
    ...{ key: 'ab12', tenant: 'acme', model: 'gpt-4o', state: 'done', after: 'x', limit: 50 },
    since: Date.parse('2026-12-01T10:30') / 1000,
  });
});

it('leaves out what is empty or means nothing', () => {
  expect(requestQueryOf({ key: '', tenant: '', state: 'sleeping', since: 'soon', until: '' })).toEqual({ limit: 50 });
});
