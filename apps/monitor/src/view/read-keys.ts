import { type Action } from '../rows/orders.ts';
import { type Mode } from './view-state.ts';

/** What a key is meant to do. */
export type Wish =
  | { readonly kind: 'quit' | 'help' | 'back' | 'open' | 'filter' | 'sort' | 'confirm' | 'erase' }
  | { readonly kind: 'tab'; readonly index: number }
  | { readonly kind: 'next-tab'; readonly by: 1 | -1 }
  | { readonly kind: 'move'; readonly by: number }
  | { readonly kind: 'move-page'; readonly by: 1 | -1 }
  | { readonly kind: 'order'; readonly action: Action }
  | { readonly kind: 'type'; readonly text: string };

/** The part of Ink's keys that is used. */
export interface Key {
  readonly ctrl: boolean;
  readonly meta: boolean;
  readonly shift: boolean;
  readonly tab: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
}

const farAway = 1_000_000;

/** What was typed, as wishes in order; quick fingers send several characters at once. */
export function readKeys(kind: Mode['kind'], input: string, key: Key): readonly Wish[] {
  if (key.ctrl && input === 'c') return [{ kind: 'quit' }];
  if (kind === 'help') return [{ kind: 'back' }];
  if (kind === 'filter') return typing(input, key);
  if (kind === 'confirm') return answer(input, key);
  const named = namedKey(key);
  if (named !== null) return [named];
  if (key.ctrl) return [];
  const wishes = readLetters(input);
  // Esc and a letter close together look like one key.
  return key.meta && kind === 'details' ? [{ kind: 'back' }, ...wishes] : wishes;
}

function typing(input: string, key: Key): readonly Wish[] {
  if (key.return) return [{ kind: 'open' }];
  if (key.escape) return [{ kind: 'back' }];
  if (key.backspace || key.delete) return [{ kind: 'erase' }];
  if (key.ctrl || key.meta || key.tab || input === '') return [];
  return [{ kind: 'type', text: input }];
}

/** Only a single y says yes: not Enter, which hands press from habit, and not a pasted text. */
function answer(input: string, key: Key): readonly Wish[] {
  if (input.toLowerCase() === 'y' && !key.ctrl && !key.meta) return [{ kind: 'confirm' }];
  return [{ kind: 'back' }];
}

function namedKey(key: Key): Wish | null {
  if (key.tab) return { kind: 'next-tab', by: key.shift ? -1 : 1 };
  if (key.rightArrow) return { kind: 'next-tab', by: 1 };
  if (key.leftArrow) return { kind: 'next-tab', by: -1 };
  if (key.return) return { kind: 'open' };
  if (key.escape) return { kind: 'back' };
  if (key.upArrow) return { kind: 'move', by: -1 };
  if (key.downArrow) return { kind: 'move', by: 1 };
  if (key.pageUp) return { kind: 'move-page', by: -1 };
  if (key.pageDown) return { kind: 'move-page', by: 1 };
  if (key.home) return { kind: 'move', by: -farAway };
  if (key.end) return { kind: 'move', by: farAway };
  return null;
}

/** What follows a `/` is the filter already. */
function readLetters(input: string): readonly Wish[] {
  const [commands = '', ...typed] = input.split('/');
  const wishes = Array.from(commands).flatMap((character) => letters[character] ?? []);
  if (typed.length === 0) return wishes;
  const text = typed.join('/');
  return [...wishes, { kind: 'filter' }, ...(text === '' ? [] : [{ kind: 'type', text } as const])];
}

const letters: Readonly<Record<string, Wish>> = {
  ...Object.fromEntries(Array.from('1234567', (digit): [string, Wish] => [digit, tabNumber(digit)])),
  j: { kind: 'move', by: 1 },
  k: { kind: 'move', by: -1 },
  g: { kind: 'move', by: -farAway },
  G: { kind: 'move', by: farAway },
  '?': { kind: 'help' },
  s: { kind: 'sort' },
  c: { kind: 'order', action: 'cancel' },
  r: { kind: 'order', action: 'retry' },
  a: { kind: 'order', action: 'abandon' },
  f: { kind: 'order', action: 'flush' },
  q: { kind: 'quit' },
};

function tabNumber(digit: string): Wish {
  return { kind: 'tab', index: Number(digit) - 1 };
}
