/*
 * What the screen shows, apart from the data:
 *
 *   browse ── / ──▶ filter ── Enter, Esc ──▶ browse
 *   browse ── Enter ──▶ details ── Esc ──▶ browse
 *   browse, details ── c r a f ──▶ confirm ── y: the order is given; n, Esc ──▶ where it came from
 *   browse, details ── ? ──▶ help ── any key ──▶ where it came from
 */
import { type Order } from '../rows/orders.ts';
import { type Tone } from '../text/tone.ts';
import { type Tab } from './tabs.ts';

/** A batch or a request whose details are looked at. */
export interface Target {
  readonly kind: 'batch' | 'request';
  readonly id: string;
}

export interface Browse {
  readonly kind: 'browse';
}

export interface DetailsMode {
  readonly kind: 'details';
  readonly target: Target;
  /** Lines above the first that is seen. */
  readonly scroll: number;
}

/** What the keys mean now. */
export type Mode =
  | Browse
  | DetailsMode
  | { readonly kind: 'filter'; readonly text: string }
  | { readonly kind: 'confirm'; readonly order: Order; readonly behind: Browse | DetailsMode }
  | { readonly kind: 'help'; readonly behind: Browse | DetailsMode };

/** Where one looks in a list. The row is known by its id: rows move under the cursor, and the cursor goes with them. */
export interface ListView {
  readonly selected: string | null;
  /** Where it was: its neighbour is taken when it is gone. */
  readonly index: number;
  readonly filter: string;
  /** How often the order was changed. */
  readonly sort: number;
}

/** A line for the operator, until the next key. */
export interface Notice {
  readonly text: string;
  readonly tone: Tone;
}

export interface ViewState {
  readonly tab: Tab;
  readonly lists: Readonly<Record<Tab, ListView>>;
  readonly mode: Mode;
  readonly notice: Notice | null;
}

const untouched: ListView = { selected: null, index: 0, filter: '', sort: 0 };

/** How it begins. */
export const firstView: ViewState = {
  tab: 'overview',
  lists: {
    overview: untouched,
    active: untouched,
    completed: untouched,
    failed: untouched,
    expired: untouched,
    requests: untouched,
    workers: untouched,
  },
  mode: { kind: 'browse' },
  notice: null,
};

/** The list of the tab that is shown. */
export const listOf = ({ tab, lists }: ViewState): ListView => lists[tab];

/** Where the cursor is among these rows: on its row, or where that was; -1 where there are none. */
export function cursorAmong(rows: readonly { readonly id: string }[], { selected, index }: ListView): number {
  const at = selected === null ? -1 : rows.findIndex(({ id }) => id === selected);
  return at >= 0 ? at : Math.min(index, rows.length - 1);
}
