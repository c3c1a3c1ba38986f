import { describe, expect, it } from '@jest/globals';
import { sampleRequest } from '@batch-gpt/status-client/samples';
import { busySnapshot, failedBatch, sampleNow, settledBatch } from '../testing/samples.ts';
import { aboutTable, tableOf, type Known } from './table-of.ts';
import { type Tab } from './tabs.ts';
import { firstView, type ListView, type ViewState } from './view-state.ts';

const request = (state: 'accepted' | 'collected' | 'done') => {
  const done = {
    ...{ result: 'succeeded' as const, status_code: 200, usage: null },
    ...{ provider_request_id: null, reusable_until: 0 },
  };
  return sampleRequest({ state, created_at: sampleNow - 5, window_closes_at: sampleNow + 2, outcome: done });
};
const known: Known = {
  ...{ snapshot: busySnapshot(), now: sampleNow },
  listed: {
    ...{ batches: [settledBatch, failedBatch], isMore: true },
    requests: [request('accepted'), request('collected'), request('done')],
  },
};
const viewOf = (tab: Tab, list: Partial<ListView> = {}): ViewState => ({
  ...firstView,
  tab,
  lists: { ...firstView.lists, [tab]: { ...firstView.lists[tab], ...list } },
});
const cellsOf = (tab: Tab, list: Partial<ListView> = {}) =>
  tableOf(viewOf(tab, list), known).rows.map((row) => row.cells().map(({ text }) => text));

describe('tables', () => {
  it('of groups that wait', () => {
    expect(cellsOf('overview')).toEqual([['gpt-4o-mini', 'chat/completions', 'acme', '12', '2s', '████░░░░', '2s']]);
  });

  it('of open batches, every status as it is', () => {
    expect(cellsOf('active')).toEqual([
      ['in_progress', 'submitted', '01d00000', 'acme', 'gpt-4o-mini', '████░░░░', '5/10', '1', '5m 00s', '≤1h 00m'],
      ['validating', 'submitted', '7a110000', 'acme', 'gpt-4o', '████░░░░', '5/10', '1', '1m 00s', '-'],
    ]);
  });

  it('of batches that settled, the latest first, with cost or reason', () => {
    expect(cellsOf('completed', { filter: '5e771ed' })).toEqual([
      ['completed', '5e771ed0', 'acme', 'gpt-4o-mini', '10/10', '2', '5m 00s', '1m 00s', '$0.5000'],
    ]);
    expect(cellsOf('failed').map((cells) => cells.at(-1))).toEqual([
      'invalid_json: line 3 is no JSON',
      '2 lines failed',
    ]);
  });

  it('of requests, with where they are', () => {
    expect(cellsOf('requests').map((cells) => [cells[1], cells.at(-1)])).toEqual([
      ['accepted', 'window closes in 2s'],
      ['collected', 'batch  validating'],
      ['done', 'succeeded 200'],
    ]);
  });

  it('of processes', () => {
    expect(cellsOf('workers')).toEqual([
      ['alive', 'batcher', 'host.12.0000000a', 'host', '12', '0.1.0', '1m 00s', '-', '3'],
      ['silent', 'batcher', 'gone.1.0000000b', 'host', '12', '0.1.0', '1m 00s', '-', '3'],
    ]);
  });

  it('are sorted and filtered as is wished', () => {
    expect(cellsOf('active', { filter: 'validating' })).toHaveLength(1);
    expect(cellsOf('workers', { sort: 1 }).map(([word]) => word)).toEqual(['silent', 'alive']);
    const names = Array.from({ length: 9 }, (_, sort) => tableOf(viewOf('active', { sort }), known).sortedBy);
    expect(names).toEqual([
      'created',
      'progress',
      'expires',
      'lines',
      'failed',
      'status',
      'model',
      'tenant',
      'created',
    ]);
    expect(tableOf(viewOf('active', { filter: 'nothing like it' }), known).empty).toBe(
      'Nothing matches "nothing like it".',
    );
  });

  it('follow a filter while it is typed, but for requests, where it goes to the gateway', () => {
    const typing = (tab: Tab): ViewState => ({ ...viewOf(tab), mode: { kind: 'filter', text: 'validating' } });
    expect(tableOf(typing('active'), known).rows).toHaveLength(1);
    expect(tableOf(typing('requests'), known).rows).toHaveLength(3);
  });

  it('say what they are', () => {
    const about = (state: ViewState) => aboutTable(state, tableOf(state, known), known);
    expect(about(viewOf('active', { filter: 'validating' }))).toBe(
      '1 row · order: created · filter: validating (Esc: none)',
    );
    expect(about(viewOf('completed'))).toBe('2+ rows · order: latest');
    expect(tableOf(viewOf('completed'), { ...known, listed: null }).empty).toBe('reading …');
    expect(tableOf(viewOf('active'), { ...known, snapshot: null }).rows).toEqual([]);
  });
});
