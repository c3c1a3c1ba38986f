import { type Action, type Orders } from '../rows/orders.ts';
import { type RowRef } from '../rows/table-model.ts';
import { cleanText } from '../text/clean-text.ts';
import { tabs, type Tab } from './tabs.ts';
import { type Wish } from './read-keys.ts';
import {
  cursorAmong,
  listOf,
  type Browse,
  type DetailsMode,
  type ListView,
  type Notice,
  type ViewState,
} from './view-state.ts';

/** What can be pointed at. */
export interface Surroundings {
  /** The rows of the tab that this state shows. */
  readonly rowsOf: (state: ViewState) => readonly RowRef[];
  /** What can be done to the thing whose details are shown; null while they are read. */
  readonly detailsOrders: Orders | null;
  /** Lines of the details, and how many fit; for scrolling. */
  readonly detailLines: number;
  readonly height: number;
}

/** The next state; what a wish has no meaning for stays as it is. `quit` and `confirm` are carried out by whoever asks. */
export function changeView(before: ViewState, wish: Wish, around: Surroundings): ViewState {
  const state: ViewState = { ...before, notice: null };
  const { mode } = state;
  switch (mode.kind) {
    case 'browse':
      return browse(state, wish, around);
    case 'details':
      return readDetails(state, mode, wish, around);
    case 'filter':
      return typeFilter(state, mode.text, wish);
    case 'confirm':
    case 'help':
      return { ...state, mode: mode.behind };
  }
}

/** The same state with a line for the operator. */
export const withNotice = (state: ViewState, notice: Notice): ViewState => ({ ...state, notice });

function browse(state: ViewState, wish: Wish, around: Surroundings): ViewState {
  switch (wish.kind) {
    case 'tab':
      return toTab(state, tabs[wish.index] ?? state.tab);
    case 'next-tab':
      return toTab(state, tabs.at((tabs.indexOf(state.tab) + wish.by) % tabs.length) ?? state.tab);
    case 'move':
      return moveBy(state, wish.by, around);
    case 'move-page':
      return moveBy(state, wish.by * around.height, around);
    case 'open':
      return open(state, around);
    case 'filter':
      return { ...state, mode: { kind: 'filter', text: '' } };
    case 'sort':
      return withList(state, { sort: listOf(state).sort + 1, selected: null, index: 0 });
    case 'back':
      return withList(state, { filter: '' });
    case 'help':
      return { ...state, mode: { kind: 'help', behind: { kind: 'browse' } } };
    case 'order':
      return order(state, wish.action, selectedRow(state, around)?.orders ?? null, { kind: 'browse' });
    case 'quit':
    case 'confirm':
    case 'type':
    case 'erase':
      return state;
  }
}

function readDetails(state: ViewState, mode: DetailsMode, wish: Wish, around: Surroundings): ViewState {
  const last = Math.max(0, around.detailLines - around.height);
  const scrolled = (by: number): ViewState => ({
    ...state,
    mode: { ...mode, scroll: Math.min(last, Math.max(0, Math.min(last, mode.scroll) + by)) },
  });
  switch (wish.kind) {
    case 'back':
      return { ...state, mode: { kind: 'browse' } };
    case 'move':
      return scrolled(wish.by);
    case 'move-page':
      return scrolled(wish.by * around.height);
    case 'tab':
      return toTab({ ...state, mode: { kind: 'browse' } }, tabs[wish.index] ?? state.tab);
    case 'help':
      return { ...state, mode: { kind: 'help', behind: mode } };
    case 'order':
      return order(state, wish.action, around.detailsOrders, mode);
    case 'quit':
    case 'open':
    case 'filter':
    case 'sort':
    case 'confirm':
    case 'type':
    case 'erase':
    case 'next-tab':
      return state;
  }
}

/** The list follows each character; Esc takes the filter away. */
function typeFilter(state: ViewState, text: string, wish: Wish): ViewState {
  const typed = (next: string): ViewState => ({ ...state, mode: { kind: 'filter', text: next } });
  switch (wish.kind) {
    case 'type':
      return typed(`${text}${cleanText(wish.text)}`.slice(0, longestFilter));
    case 'erase':
      return typed(Array.from(text).slice(0, -1).join(''));
    case 'open':
      return withList({ ...state, mode: { kind: 'browse' } }, { filter: text.trim() });
    case 'back':
      return withList({ ...state, mode: { kind: 'browse' } }, { filter: '' });
    case 'quit':
    case 'help':
    case 'filter':
    case 'sort':
    case 'confirm':
    case 'tab':
    case 'next-tab':
    case 'move':
    case 'move-page':
    case 'order':
      return state;
  }
}

const longestFilter = 200;

function open(state: ViewState, around: Surroundings): ViewState {
  const opens = selectedRow(state, around)?.opens ?? null;
  if (opens === null) return state;
  if (opens.kind === 'requests') return withList(toTab(state, 'requests'), { filter: opens.filter });
  // What was pointed at stays pointed at, also when it was the first by default.
  return { ...moveBy(state, 0, around), mode: { kind: 'details', target: opens, scroll: 0 } };
}

function order(state: ViewState, action: Action, orders: Orders | null, behind: Browse | DetailsMode): ViewState {
  const found = orders?.[action];
  if (found === undefined) return withNotice(state, { text: `Nothing here to ${action}.`, tone: 'warn' });
  if (typeof found === 'string') return withNotice(state, { text: found, tone: 'warn' });
  return { ...state, mode: { kind: 'confirm', order: found, behind } };
}

function moveBy(state: ViewState, by: number, { rowsOf }: Surroundings): ViewState {
  const rows = rowsOf(state);
  const at = Math.min(rows.length - 1, Math.max(0, cursorAmong(rows, listOf(state)) + by));
  const row = rows[at];
  return row === undefined ? state : withList(state, { selected: row.id, index: at });
}

function selectedRow(state: ViewState, { rowsOf }: Surroundings): RowRef | undefined {
  const rows = rowsOf(state);
  return rows[cursorAmong(rows, listOf(state))];
}

const toTab = (state: ViewState, tab: Tab): ViewState => ({ ...state, tab });

function withList(state: ViewState, changes: Partial<ListView>): ViewState {
  return { ...state, lists: { ...state.lists, [state.tab]: { ...listOf(state), ...changes } } };
}
