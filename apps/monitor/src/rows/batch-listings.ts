import { type OperatorBatch } from '@batch-gpt/contracts';
import { ageOf, batchProgress, formatDuration, sortBatches, type BatchOrder } from '@batch-gpt/status-client';
import { bar } from '../text/bar.ts';
import { formatCount, formatDollars, shortId } from '../text/format-values.ts';
import { piece, statusTone } from '../text/tone.ts';
import { ordersOfBatch } from './orders.ts';
import { sortedBy, type Column, type Listing, type Sort } from './table-model.ts';

type BatchColumn = Column<OperatorBatch>;

const status: BatchColumn = {
  title: 'STATUS',
  width: 11,
  cell: (batch) => piece(batch.status, batch.trouble === null ? statusTone(batch.status) : 'bad'),
};
const id: BatchColumn = { title: 'BATCH', width: 8, cell: (batch) => piece(shortId(batch.id), 'dim') };
const model: BatchColumn = { title: 'MODEL', width: null, cell: (batch) => piece(batch.model) };
const tenant: BatchColumn = { title: 'TENANT', width: 12, from: 110, cell: (batch) => piece(batch.tenant, 'dim') };
const ownState: BatchColumn = { title: 'STATE', width: 10, from: 100, cell: (batch) => piece(batch.state, 'dim') };
const progress: BatchColumn = {
  title: 'PROGRESS',
  width: 8,
  cell: (batch) => piece(bar(batchProgress(batch), 1, 8), 'accent'),
};
const lines: BatchColumn = {
  title: 'LINES',
  width: 11,
  align: 'right',
  cell: ({ counts }) => piece(`${formatCount(counts.completed + counts.failed)}/${formatCount(counts.total)}`),
};
const failed: BatchColumn = {
  title: 'FAIL',
  width: 5,
  align: 'right',
  cell: ({ counts }) => piece(formatCount(counts.failed), counts.failed === 0 ? 'dim' : 'bad'),
};
const age: BatchColumn = {
  title: 'AGE',
  width: 7,
  align: 'right',
  cell: (batch, now) => piece(formatDuration(ageOf(batch.created_at, now))),
};
const ends: BatchColumn = {
  title: 'ENDS',
  width: 8,
  align: 'right',
  cell: ({ trouble, estimate, expires_at }, now) => {
    if (trouble !== null) return piece('trouble', 'bad');
    if (estimate !== null) return piece(`~${formatDuration(estimate.completes_at - now)}`);
    return expires_at === null ? piece('-', 'dim') : piece(`≤${formatDuration(expires_at - now)}`, 'dim');
  },
};
const took: BatchColumn = {
  title: 'TOOK',
  width: 7,
  align: 'right',
  cell: (batch) => piece(batch.settled_at === null ? '-' : formatDuration(batch.settled_at - batch.created_at)),
};
const ago: BatchColumn = {
  title: 'AGO',
  width: 7,
  align: 'right',
  cell: (batch, now) => piece(formatDuration(ageOf(batch.settled_at ?? batch.updated_at, now))),
};
const cost: BatchColumn = {
  title: 'COST',
  width: 8,
  align: 'right',
  cell: ({ cost: paid }) => (paid === null ? piece('-', 'dim') : piece(formatDollars(paid.batch_usd))),
};
const why: BatchColumn = {
  title: 'WHY',
  width: null,
  cell: ({ failure, counts }) => {
    if (failure === null) return piece(`${formatCount(counts.failed)} lines failed`, 'dim');
    return piece(failure.code === null ? failure.message : `${failure.code}: ${failure.message}`, 'bad');
  },
};
const shortModel: BatchColumn = { ...model, width: 14 };
const total: BatchColumn = {
  title: 'LINES',
  width: 6,
  align: 'right',
  cell: ({ counts }) => piece(formatCount(counts.total)),
};

const mostFailed = sortedBy<OperatorBatch>('failed', (a, b) => b.counts.failed - a.counts.failed);
const latest = sortedBy<OperatorBatch>(
  'latest',
  (a, b) => (b.settled_at ?? b.updated_at) - (a.settled_at ?? a.updated_at),
);
const dearest = sortedBy<OperatorBatch>('cost', (a, b) => (b.cost?.batch_usd ?? 0) - (a.cost?.batch_usd ?? 0));
const by = (order: BatchOrder): Sort<OperatorBatch> => ({ name: order, sort: (items) => sortBatches(items, order) });

const common = {
  refOf: (batch: OperatorBatch) => ({
    id: batch.id,
    opens: { kind: 'batch', id: batch.id },
    orders: ordersOfBatch(batch),
  }),
} satisfies Partial<Listing<OperatorBatch>>;

/** Open batches, oldest first. */
export const activeBatches: Listing<OperatorBatch> = {
  ...common,
  columns: [status, ownState, id, tenant, model, progress, lines, failed, age, ends],
  sorts: [
    by('created'),
    by('progress'),
    by('expires'),
    by('lines'),
    mostFailed,
    by('status'),
    by('model'),
    by('tenant'),
  ],
  empty: 'No batch is open. Calls are collected for a window, then a batch appears here.',
};

/** Batches that ran to their end, latest first. */
export const completedBatches: Listing<OperatorBatch> = {
  ...common,
  columns: [status, id, tenant, model, lines, failed, took, ago, cost],
  sorts: [latest, by('lines'), mostFailed, dearest, by('model'), by('tenant')],
  empty: 'No batch has completed yet.',
};

/** Batches that did not, latest first, with the reason. */
export const brokenBatches: Listing<OperatorBatch> = {
  ...common,
  columns: [status, id, tenant, shortModel, total, ago, why],
  sorts: [latest, by('lines'), by('status'), by('model'), by('tenant')],
  empty: 'None. Good.',
};
