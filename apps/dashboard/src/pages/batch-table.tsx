import { type OperatorBatch } from '@batch-gpt/contracts';
import { batchProgress } from '@batch-gpt/status-client';
import { Bar } from '../components/bar.tsx';
import { Age } from '../components/moment.tsx';
import { Status } from '../components/status.tsx';
import { Table } from '../components/table.tsx';
import { Link } from '../route/use-place.tsx';
import { formatCount, formatDollars, shortId } from '../text/format.ts';

/** Batches, one a row. */
export function BatchTable({ batches, empty }: { readonly batches: readonly OperatorBatch[]; readonly empty: string }) {
  return (
    <Table
      caption="Batches"
      rows={batches}
      keyOf={({ id }) => id}
      empty={empty}
      columns={[
        {
          title: 'Batch',
          cell: ({ id }) => (
            <Link to={{ page: 'batches', id }} className="id">
              {shortId(id)}
            </Link>
          ),
        },
        {
          title: 'Status',
          cell: ({ status, trouble }) => (
            <Status of={trouble === null ? status : 'failed'}>{trouble === null ? undefined : 'in trouble'}</Status>
          ),
        },
        { title: 'Tenant', cell: ({ tenant }) => tenant },
        { title: 'Model', cell: ({ model }) => model },
        { title: 'Lines', isNumber: true, cell: ({ counts }) => formatCount(counts.total) },
        { title: 'Done', cell: (batch) => <Bar share={batchProgress(batch)} label={`Done of batch ${batch.id}`} /> },
        { title: 'Failed', isNumber: true, cell: ({ counts }) => formatCount(counts.failed) },
        { title: 'Age', isNumber: true, cell: ({ created_at: at }) => <Age at={at} /> },
        {
          title: 'Cost',
          isNumber: true,
          cell: ({ cost, settled_at: at }) => (at === null ? '–' : formatDollars(cost?.batch_usd ?? null)),
        },
      ]}
    />
  );
}
