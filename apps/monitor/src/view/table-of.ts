import { type OperatorSnapshot } from '@batch-gpt/contracts';
import { type Listed } from '../feed/questions.ts';
import { activeBatches, brokenBatches, completedBatches } from '../rows/batch-listings.ts';
import { waitingGroups } from '../rows/group-listing.ts';
import { foundRequests } from '../rows/request-listing.ts';
import { toTable, type TableModel } from '../rows/table-model.ts';
import { knownWorkers } from '../rows/worker-listing.ts';
import { listOf, type ViewState } from './view-state.ts';

/** What is known at a moment. `now` in Unix seconds by the gateway's clock. */
export interface Known {
  readonly snapshot: OperatorSnapshot | null;
  /** The rows of a tab that are in no snapshot; null while they are read. */
  readonly listed: Listed | null;
  readonly now: number;
}

/** The table of the tab that is shown. */
export function tableOf(state: ViewState, { snapshot, listed, now }: Known): TableModel {
  const { sort } = listOf(state);
  const wish = { filter: shownFilter(state), sort, now };
  switch (state.tab) {
    case 'overview':
      return toTable(waitingGroups, snapshot?.groups ?? [], wish);
    case 'active':
      return toTable(activeBatches, snapshot?.open_batches ?? [], wish);
    case 'completed':
      return orReading(toTable(completedBatches, listed?.batches ?? [], wish), listed);
    case 'failed':
    case 'expired':
      return orReading(toTable(brokenBatches, listed?.batches ?? [], wish), listed);
    case 'requests':
      // The filter went to the gateway.
      return orReading(toTable(foundRequests, listed?.requests ?? [], { ...wish, filter: '' }), listed);
    case 'workers':
      return toTable(knownWorkers, snapshot?.workers ?? [], wish);
  }
}

/** The list follows what is typed, but for requests, which are looked for once it is taken. */
export function shownFilter(state: ViewState): string {
  return state.mode.kind === 'filter' && state.tab !== 'requests' ? state.mode.text : listOf(state).filter;
}

/** A line about the table: how many rows, in which order, through which filter. */
export function aboutTable(state: ViewState, table: TableModel, known: Known): string {
  const filter = shownFilter(state);
  return [
    `${table.rows.length}${hasMore(state, known) ? '+' : ''} ${table.rows.length === 1 ? 'row' : 'rows'}`,
    `order: ${table.sortedBy}`,
    ...(filter === '' ? [] : [`filter: ${filter} (Esc: none)`]),
  ].join(' · ');
}

function hasMore({ tab }: ViewState, { snapshot, listed }: Known): boolean {
  switch (tab) {
    case 'overview':
      return snapshot?.more_groups ?? false;
    case 'active':
      return snapshot?.more_batches ?? false;
    case 'workers':
      return false;
    case 'completed':
    case 'failed':
    case 'expired':
    case 'requests':
      return listed?.isMore ?? false;
  }
}

const orReading = (table: TableModel, listed: Listed | null): TableModel =>
  listed === null ? { ...table, empty: 'reading …' } : table;
