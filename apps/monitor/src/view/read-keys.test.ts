import { describe, expect, it } from '@jest/globals';
import { readKeys, type Key, type Wish } from './read-keys.ts';
import { type Mode } from './view-state.ts';

const noKey: Key = {
  ...{ ctrl: false, meta: false, shift: false, tab: false, return: false, escape: false },
  ...{ upArrow: false, downArrow: false, leftArrow: false, rightArrow: false, pageUp: false, pageDown: false },
  ...{ home: false, end: false, backspace: false, delete: false },
};
const read = (kind: Mode['kind'], input: string, key: Partial<Key> = {}): readonly Wish[] =>
  readKeys(kind, input, { ...noKey, ...key });

describe('keys', () => {
  it.each<[string, Partial<Key>, Wish]>([
    ['1', {}, { kind: 'tab', index: 0 }],
    ['7', {}, { kind: 'tab', index: 6 }],
    ['', { tab: true }, { kind: 'next-tab', by: 1 }],
    ['', { tab: true, shift: true }, { kind: 'next-tab', by: -1 }],
    ['', { rightArrow: true }, { kind: 'next-tab', by: 1 }],
    ['', { leftArrow: true }, { kind: 'next-tab', by: -1 }],
    ['j', {}, { kind: 'move', by: 1 }],
    ['', { downArrow: true }, { kind: 'move', by: 1 }],
    ['k', {}, { kind: 'move', by: -1 }],
    ['', { upArrow: true }, { kind: 'move', by: -1 }],
    ['', { pageDown: true }, { kind: 'move-page', by: 1 }],
    ['', { pageUp: true }, { kind: 'move-page', by: -1 }],
    ['', { home: true }, { kind: 'move', by: -1_000_000 }],
    ['', { end: true }, { kind: 'move', by: 1_000_000 }],
    ['', { return: true }, { kind: 'open' }],
    ['', { escape: true }, { kind: 'back' }],
    ['/', {}, { kind: 'filter' }],
    ['s', {}, { kind: 'sort' }],
    ['c', {}, { kind: 'order', action: 'cancel' }],
    ['r', {}, { kind: 'order', action: 'retry' }],
    ['a', {}, { kind: 'order', action: 'abandon' }],
    ['f', {}, { kind: 'order', action: 'flush' }],
    ['?', {}, { kind: 'help' }],
    ['q', {}, { kind: 'quit' }],
  ])('%p %p', (input, key, wish) => expect(read('browse', input, key)).toEqual([wish]));

  it('typed quickly come together', () => {
    expect(read('browse', '2jj')).toEqual([
      { kind: 'tab', index: 1 },
      { kind: 'move', by: 1 },
      { kind: 'move', by: 1 },
    ]);
    expect(read('browse', '2/a/c')).toEqual([
      { kind: 'tab', index: 1 },
      { kind: 'filter' },
      { kind: 'type', text: 'a/c' },
    ]);
    expect(read('details', '3', { meta: true })).toEqual([{ kind: 'back' }, { kind: 'tab', index: 2 }]);
  });

  it('without a meaning do nothing', () => {
    expect(read('browse', 'x9€')).toEqual([]);
    expect(read('browse', 'r', { ctrl: true })).toEqual([]);
  });

  it('Ctrl-C quits everywhere', () => {
    for (const kind of ['browse', 'details', 'filter', 'confirm', 'help'] as const) {
      expect(read(kind, 'c', { ctrl: true })).toEqual([{ kind: 'quit' }]);
    }
  });

  it('are letters while a filter is typed', () => {
    expect(read('filter', 'q1')).toEqual([{ kind: 'type', text: 'q1' }]);
    expect(read('filter', '', { backspace: true })).toEqual([{ kind: 'erase' }]);
    expect(read('filter', '', { return: true })).toEqual([{ kind: 'open' }]);
    expect(read('filter', '', { escape: true })).toEqual([{ kind: 'back' }]);
    expect(read('filter', '', { tab: true })).toEqual([]);
  });

  it('say yes only as a single y', () => {
    expect(read('confirm', 'y')).toEqual([{ kind: 'confirm' }]);
    expect(read('confirm', 'Y')).toEqual([{ kind: 'confirm' }]);
    for (const [input, key] of [
      ['n', {}],
      ['yy', {}],
      ['', { return: true }],
      ['y', { meta: true }],
      ['', { escape: true }],
    ] as const) {
      expect(read('confirm', input, key)).toEqual([{ kind: 'back' }]);
    }
  });

  it('of any kind leave the help', () => expect(read('help', 'x')).toEqual([{ kind: 'back' }]));
});
