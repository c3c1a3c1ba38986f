import { Box } from 'ink';
import { type ReactNode } from 'react';
import { type Link } from '../feed/follow-system.ts';
import { type Order } from '../rows/orders.ts';
import { piece, type Line } from '../text/tone.ts';
import { type Mode, type Notice } from '../view/view-state.ts';
import { type Tab } from '../view/tabs.ts';
import { TextLine } from './text-line.tsx';

interface BottomProps {
  readonly mode: Mode;
  readonly tab: Tab;
  readonly notice: Notice | null;
  readonly link: Link;
  /** About the list: how many, in which order, through which filter. */
  readonly about: string;
}

/** A question, what is typed, or news about the list; below it the keys. */
export function BottomLines({ mode, tab, notice, link, about }: BottomProps): ReactNode {
  return (
    <Box flexDirection="column" height={2} flexShrink={0}>
      <TextLine line={messageLine({ mode, tab, notice, link, about })} />
      <TextLine line={keyLine(mode, tab)} />
    </Box>
  );
}

function messageLine({ mode, tab, notice, link, about }: BottomProps): Line {
  if (mode.kind === 'confirm') return [piece(question(mode.order), 'warn'), piece('  y yes · any other key no')];
  if (mode.kind === 'filter') {
    const hint = tab === 'requests' ? '  id, state:done tenant:x model:y since:2h' : '';
    return [piece('/', 'strong'), piece(mode.text), piece('█', 'accent'), piece(hint, 'dim')];
  }
  if (notice !== null) return [piece(notice.text, notice.tone)];
  if (link.kind === 'away') return [piece(`Shown is what was last known: ${link.reason}`, 'bad')];
  if (link.kind === 'polling') return [piece(`Asking every two seconds: ${link.reason}`, 'warn')];
  return [piece(about === '' ? ' ' : about, 'dim')];
}

function question({ action, what }: Order): string {
  switch (action) {
    case 'cancel':
      return `Cancel ${what}?`;
    case 'retry':
      return `Run ${what} again?`;
    case 'abandon':
      return `Give ${what} up? Its callers are told.`;
    case 'flush':
      return `Close ${what} now?`;
  }
}

const lists: ReadonlySet<Tab> = new Set(['completed', 'failed', 'expired']);

function keyLine(mode: Mode, tab: Tab): Line {
  switch (mode.kind) {
    case 'filter':
      return keys([
        ['Enter', 'take'],
        ['Esc', 'no filter'],
      ]);
    case 'confirm':
      return keys([
        ['y', 'yes'],
        ['n', 'no'],
      ]);
    case 'help':
      return keys([['any key', 'back']]);
    case 'details':
      return keys([
        ['Esc', 'back'],
        ['j k', 'scroll'],
        ...(mode.target.kind === 'batch'
          ? ([
              ['c', 'cancel'],
              ['r', 'retry'],
              ['a', 'abandon'],
            ] as const)
          : []),
        ['?', 'help'],
        ['q', 'quit'],
      ]);
    case 'browse':
      return keys([
        ['1-7', 'tabs'],
        ...(tab === 'active' ? [] : ([['j k', 'move']] as const)),
        ['Enter', 'details'],
        ['/', 'filter'],
        ['s', 'sort'],
        ...(tab === 'overview' ? ([['f', 'flush']] as const) : []),
        ...(tab === 'active'
          ? ([
              ['c', 'cancel'],
              ['a', 'abandon'],
            ] as const)
          : []),
        ...(lists.has(tab) ? ([['r', 'retry']] as const) : []),
        ['?', 'help'],
        ['q', 'quit'],
      ]);
  }
}

const keys = (pairs: readonly (readonly [string, string])[]): Line =>
  pairs.flatMap(([key, does]) => [piece(key, 'accent'), piece(` ${does}  `, 'dim')]);
