import { type OperatorSnapshot } from '@batch-gpt/contracts';
import { formatDuration } from '@batch-gpt/status-client';
import { Age } from '../components/moment.tsx';
import { Facts, Panel } from '../components/panel.tsx';
import { Status } from '../components/status.tsx';
import { Table } from '../components/table.tsx';
import { formatCount } from '../text/format.ts';

/** Which processes live and what they hold, and what they depend on. */
export function Workers({ snapshot }: { readonly snapshot: OperatorSnapshot }) {
  const { workers, workers_note: note, dependencies, headroom } = snapshot;
  const told = ({ up, latency_ms: latency }: OperatorSnapshot['dependencies']['store']) => (
    <Status of={up ? 'completed' : 'failed'}>
      {up ? `answers${latency === null ? '' : ` in ${latency.toFixed(1)} ms`}` : 'away'}
    </Status>
  );
  return (
    <>
      <Panel title="Workers">
        {note !== null && (
          <p className="trouble" role="alert">
            {note}
          </p>
        )}
        <Table
          caption="Processes"
          rows={workers}
          keyOf={({ id }) => id}
          empty="No process has said that it lives."
          columns={[
            { title: 'Service', cell: ({ service }) => <b>{service}</b> },
            {
              title: 'Alive',
              cell: ({ alive }) => <Status of={alive ? 'completed' : 'failed'}>{alive ? 'alive' : 'silent'}</Status>,
            },
            { title: 'Host', cell: ({ host }) => host ?? '–' },
            { title: 'Process', isNumber: true, cell: ({ pid }) => pid ?? '–' },
            { title: 'Version', cell: ({ version }) => version ?? '–' },
            { title: 'Up for', isNumber: true, cell: ({ since }) => <Age at={since} /> },
            {
              title: 'Batches',
              isNumber: true,
              cell: ({ held_batches: held }) => (held === null ? '–' : formatCount(held)),
            },
            {
              title: 'Connections',
              isNumber: true,
              cell: ({ held_connections: held }) => (held === null ? '–' : formatCount(held)),
            },
            { title: 'Last beat', isNumber: true, cell: ({ last_beat_at: at }) => <Age at={at} /> },
          ]}
        />
      </Panel>
      <div className="columns">
        <Panel title="Dependencies">
          <Facts
            facts={[
              ['Store', told(dependencies.store)],
              ['Redis', told(dependencies.redis)],
            ]}
          />
        </Panel>
        <Panel title="Headroom">
          <Facts
            facts={[
              ['Connections', `${formatCount(headroom.waiters.held)} held, ${formatCount(headroom.waiters.free)} free`],
              ...headroom.creations.map(
                ({ account, per_hour: most, wait_seconds: wait }) =>
                  [
                    `Creations, ${account}`,
                    `${formatCount(most)} an hour; the next ${wait === 0 ? 'at once' : `in ${formatDuration(wait)}`}`,
                  ] as const,
              ),
            ]}
          />
        </Panel>
      </div>
    </>
  );
}
