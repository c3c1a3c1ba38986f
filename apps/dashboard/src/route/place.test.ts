import { describe, expect, it } from '@jest/globals';
import { addressOf, placeOf, type Place } from './place.ts';

const read = (address: string) => placeOf(new URL(address, 'http://gateway.example'));

describe('an address', () => {
  it.each<[string, Place]>([
    ['/dashboard', { page: 'overview', id: null, query: {} }],
    ['/dashboard/?range=6h', { page: 'overview', id: null, query: { range: '6h' } }],
    [
      '/dashboard/batches?status=failed&after=x',
      { page: 'batches', id: null, query: { status: 'failed', after: 'x' } },
    ],
    ['/dashboard/batches/batch_1', { page: 'batches', id: 'batch_1', query: {} }],
    ['/dashboard/requests/a%2Fb', { page: 'requests', id: 'a/b', query: {} }],
    ['/dashboard/workers/one', { page: 'workers', id: null, query: {} }],
    ['/dashboard/nowhere', { page: 'overview', id: null, query: {} }],
    ['/dashboard/requests/%E0%A4%A', { page: 'requests', id: '%E0%A4%A', query: {} }],
  ])('%s is a place', (address, place) => {
    expect(read(address)).toEqual(place);
  });

  it.each(['/dashboard/', '/dashboard/groups', '/dashboard/batches/batch_1', '/dashboard/requests?key=ab&state=done'])(
    '%s is that of its own place',
    (address) => {
      expect(addressOf(read(address))).toBe(address);
    },
  );

  it('leaves out what is empty', () => {
    expect(addressOf({ page: 'requests', query: { key: '', state: 'done' } })).toBe('/dashboard/requests?state=done');
  });
});
