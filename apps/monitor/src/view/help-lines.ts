import { piece, type Line } from '../text/tone.ts';

const keys: readonly (readonly [string, string])[] = [
  ['1-7, Tab, ← →', 'tabs'],
  ['↑ ↓, j k, PgUp PgDn, g G', 'move'],
  ['Enter', 'details with the timeline; on a group: its requests'],
  ['Esc', 'back; in a list: no filter'],
  ['/', 'filter by words; in Requests by how an id begins, or'],
  ['', 'state:accepted tenant:acme model:gpt-4o since:2h'],
  ['s', 'sort by the next column'],
  ['c', 'cancel a batch'],
  ['r', 'retry the failed lines of a settled batch'],
  ['a', 'abandon a lost or stuck batch'],
  ['f', 'flush: close the window of a group now'],
  ['q, Ctrl-C', 'quit'],
];

const words: readonly (readonly [string, string])[] = [
  ['validating', 'being formed, uploaded or checked'],
  ['in_progress', 'the provider runs it'],
  ['finalizing', 'it has ended, its results are read and stored'],
  ['cancelling', 'asked to end; what ran already is still used'],
];

/** What the keys do, and what the words mean. */
export const helpLines: readonly Line[] = [
  [piece('KEYS', 'dim')],
  ...keys.map(([key, does]): Line => [piece(`  ${key.padEnd(26)}`, 'accent'), piece(does)]),
  [piece('WORDS', 'dim')],
  ...words.map(([word, means]): Line => [piece(`  ${word.padEnd(26)}`, 'accent'), piece(means)]),
];
