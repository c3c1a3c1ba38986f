import { describe, expect, it } from '@jest/globals';
import { type RowRef } from '../rows/table-model.ts';
import { changeView, withNotice, type Surroundings } from './change-view.ts';
import { type Wish } from './read-keys.ts';
import { cursorAmong, firstView, listOf, type ViewState } from './view-state.ts';

const row = (id: string): RowRef => ({
  ...{ id, opens: { kind: 'batch', id } },
  orders: { cancel: { action: 'cancel', id, what: `batch ${id}` }, retry: 'not yet' },
});
const rows = ['a', 'b', 'c', 'd'].map(row);
const around = (changes: Partial<Surroundings> = {}): Surroundings => ({
  ...{ rowsOf: () => rows, detailsOrders: null, detailLines: 30, height: 10 },
  ...changes,
});
const after = (wishes: readonly Wish[], surroundings = around(), from: ViewState = firstView): ViewState =>
  wishes.reduce((state, wish) => changeView(state, wish, surroundings), from);
const move = (by: number): Wish => ({ kind: 'move', by });
const order = (action: 'cancel' | 'retry' | 'flush'): Wish => ({ kind: 'order', action });
const selected = (state: ViewState) => listOf(state).selected;

describe('browsing', () => {
  it('goes to tabs by number, and around', () => {
    expect(after([{ kind: 'tab', index: 5 }]).tab).toBe('requests');
    expect(after([{ kind: 'tab', index: 9 }]).tab).toBe('overview');
    expect(after([{ kind: 'next-tab', by: -1 }]).tab).toBe('workers');
    expect(
      after([
        { kind: 'tab', index: 6 },
        { kind: 'next-tab', by: 1 },
      ]).tab,
    ).toBe('overview');
  });

  it('moves within the rows', () => {
    expect(selected(after([move(1)]))).toBe('b');
    expect(selected(after([move(-5)]))).toBe('a');
    expect(selected(after([move(99)]))).toBe('d');
    expect(selected(after([{ kind: 'move-page', by: 1 }], around({ height: 2 })))).toBe('c');
    expect(selected(after([move(1)], around({ rowsOf: () => [] })))).toBeNull();
  });

  it('keeps the cursor on its row when rows move, and takes the neighbour when it is gone', () => {
    const list = listOf(after([move(1)]));
    expect(cursorAmong([row('x'), row('y'), ...rows], list)).toBe(3);
    expect(cursorAmong([row('x'), row('y'), row('z')], list)).toBe(1);
    expect(cursorAmong([row('x')], list)).toBe(0);
    expect(cursorAmong([], list)).toBe(-1);
  });

  it('keeps a cursor for each tab', () => {
    const state = after([move(1), { kind: 'tab', index: 1 }, move(2), { kind: 'tab', index: 0 }]);
    expect([selected(state), state.lists.active.selected]).toEqual(['b', 'c']);
  });

  it('opens what is pointed at, and points at it when it comes back', () => {
    const state = after([{ kind: 'open' }]);
    expect(state.mode).toEqual({ kind: 'details', target: { kind: 'batch', id: 'a' }, scroll: 0 });
    expect(selected(after([{ kind: 'back' }], around(), state))).toBe('a');
    expect(after([{ kind: 'open' }], around({ rowsOf: () => [] })).mode).toEqual({ kind: 'browse' });
  });

  it('opens the requests of a group', () => {
    const group: RowRef = { id: 'g', opens: { kind: 'requests', filter: 'tenant:acme' }, orders: {} };
    const state = after([{ kind: 'open' }], around({ rowsOf: () => [group] }));
    expect([state.tab, listOf(state).filter]).toEqual(['requests', 'tenant:acme']);
  });

  it('filters while it is typed, takes it or drops it', () => {
    const typing = after([{ kind: 'filter' }, { kind: 'type', text: 'gp\u0007t4' }, { kind: 'erase' }]);
    expect(typing.mode).toEqual({ kind: 'filter', text: 'gpt' });
    const taken = after([{ kind: 'open' }], around(), typing);
    expect([taken.mode.kind, listOf(taken).filter]).toEqual(['browse', 'gpt']);
    expect(after([{ kind: 'filter' }], around(), taken).mode).toEqual({ kind: 'filter', text: '' });
    expect(listOf(after([{ kind: 'back' }], around(), typing)).filter).toBe('');
    expect(listOf(after([{ kind: 'back' }], around(), taken)).filter).toBe('');
  });

  it('changes the order and goes to the top', () => {
    expect(listOf(after([move(2), { kind: 'sort' }]))).toMatchObject({ sort: 1, selected: null, index: 0 });
  });
});

describe('orders', () => {
  it('ask first, about the row as it was then', () => {
    const asked = after([move(1), order('cancel')]);
    expect(asked.mode).toMatchObject({ kind: 'confirm', order: { action: 'cancel', id: 'b' } });
    const elsewhere = around({ rowsOf: () => [row('z')] });
    expect(after([{ kind: 'confirm' }], elsewhere, asked).mode).toEqual({ kind: 'browse' });
  });

  it('say why not', () => {
    expect(after([order('retry')]).notice).toEqual({ text: 'not yet', tone: 'warn' });
    expect(after([order('flush')]).notice).toEqual({ text: 'Nothing here to flush.', tone: 'warn' });
    expect(after([order('cancel')], around({ rowsOf: () => [] })).notice?.text).toBe('Nothing here to cancel.');
  });

  it('from the details go back to the details', () => {
    const detailsOrders = row('a').orders;
    const asked = after([{ kind: 'open' }, order('cancel')], around({ detailsOrders }));
    expect(asked.mode.kind).toBe('confirm');
    expect(after([{ kind: 'back' }], around(), asked).mode.kind).toBe('details');
  });

  it('leave a line that the next key takes away', () => {
    const told = withNotice(firstView, { text: 'done', tone: 'good' });
    expect(after([move(0)], around(), told).notice).toBeNull();
  });
});

describe('details and help', () => {
  const details = after([{ kind: 'open' }]);
  const scroll = (wishes: readonly Wish[]) => {
    const { mode } = after(wishes, around(), details);
    return mode.kind === 'details' ? mode.scroll : null;
  };

  it('scroll as far as there are lines', () => {
    expect(scroll([move(1)])).toBe(1);
    expect(scroll([move(99)])).toBe(20);
    expect(scroll([move(99), move(-1)])).toBe(19);
    expect(scroll([{ kind: 'move-page', by: 1 }])).toBe(10);
    expect(scroll([move(-1)])).toBe(0);
  });

  it('are left for a tab', () => {
    const state = after([{ kind: 'tab', index: 3 }], around(), details);
    expect([state.tab, state.mode.kind]).toEqual(['failed', 'browse']);
  });

  it('show the help and come back', () => {
    const help = after([{ kind: 'help' }], around(), details);
    expect(help.mode.kind).toBe('help');
    expect(after([{ kind: 'back' }], around(), help).mode).toEqual(details.mode);
    expect(after([{ kind: 'help' }, { kind: 'back' }]).mode).toEqual({ kind: 'browse' });
  });
});
