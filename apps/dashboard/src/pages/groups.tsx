import { type OperatorGroup, type OperatorSnapshot } from '@batch-gpt/contracts';
import { formatDuration, windowLeft, windowProgress } from '@batch-gpt/status-client';
import { Action } from '../components/action.tsx';
import { Age } from '../components/moment.tsx';
import { Panel } from '../components/panel.tsx';
import { Table } from '../components/table.tsx';
import { client } from '../feed/client.ts';
import { useNow } from '../feed/use-now.ts';
import { formatCount } from '../text/format.ts';

/** What waits for a batch, by what may share one. */
export function Groups({ snapshot }: { readonly snapshot: OperatorSnapshot }) {
  const { groups, more_groups: isMore, window_seconds: window } = snapshot;
  return (
    <Panel title="Groups" aside={isMore ? <span className="note">the longest waits of them</span> : undefined}>
      <Table
        caption="Groups of requests that wait for a batch"
        rows={groups}
        keyOf={({ id }) => id}
        empty="Nothing waits for a batch."
        columns={[
          { title: 'Model', cell: ({ model }) => <b>{model}</b> },
          { title: 'Endpoint', cell: ({ endpoint }) => endpoint },
          { title: 'Tenant', cell: ({ tenant }) => tenant },
          { title: 'Account', cell: ({ account }) => account },
          {
            title: 'Waiting',
            isNumber: true,
            cell: ({ pending, pending_is_more: more }) => `${formatCount(pending)}${more ? '+' : ''}`,
          },
          { title: 'Oldest', isNumber: true, cell: ({ oldest_accepted_at: at }) => <Age at={at} /> },
          { title: 'Window', cell: (group) => <Countdown group={group} window={window} /> },
          { title: '', cell: (group) => <Flush group={group} /> },
        ]}
      />
      <p className="note">
        A window closes after {formatDuration(window)} at the latest, and earlier when a batch is full.
      </p>
    </Panel>
  );
}

function Countdown({ group, window }: { readonly group: OperatorGroup; readonly window: number }) {
  const now = useNow();
  const left = windowLeft(group, now);
  const percent = Math.round(100 * windowProgress(group, window, now));
  return (
    <span className="bar">
      <progress max={100} value={percent} aria-label={`Window of ${group.model}`} />
      <span className="bar-text">{left === 0 ? 'closing' : formatDuration(left)}</span>
    </span>
  );
}

function Flush({ group: { id, model, pending } }: { readonly group: OperatorGroup }) {
  return (
    <Action
      name="Close now"
      question={`Close the window of ${model} now? ${formatCount(pending)} requests go into a batch at once.`}
      run={async () => `${formatCount((await client.flush(id)).pending)} requests are on their way.`}
    />
  );
}
