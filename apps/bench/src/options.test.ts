import { describe, expect, it } from '@jest/globals';
import { parseOptions } from './options.ts';

describe('the command line', () => {
  it('without words means everything, on the embedded store', () => {
    expect(parseOptions([])).toEqual({ ids: [], quick: false, store: 'sqlite', rounds: 3, out: 'reports/bench' });
  });

  it('names benchmarks and how they run', () => {
    const given = ['p3', 'STORE', '--quick', '--store', 'mongo', '--rounds', '5', '--out', 'x'];
    expect(parseOptions(given)).toEqual({ ids: ['P3', 'STORE'], quick: true, store: 'mongo', rounds: 5, out: 'x' });
  });

  it.each([
    [['--store', 'redis'], '--store is sqlite or mongo'],
    [['--rounds', '0'], '--rounds is a number'],
    [['--rounds', 'many'], '--rounds is a number'],
    [['--slow'], '--slow'],
  ])('%j is refused', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
