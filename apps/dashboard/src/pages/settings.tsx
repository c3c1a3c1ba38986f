import { type SettingInForce } from '@batch-gpt/contracts';
import { Answered } from '../components/answered.tsx';
import { Panel } from '../components/panel.tsx';
import { Table } from '../components/table.tsx';
import { client } from '../feed/client.ts';
import { useAnswer } from '../feed/use-answer.ts';
import { useNavigation } from '../route/use-place.tsx';

/** What every service runs with. */
export function Settings() {
  const { place, go } = useNavigation();
  const isAll = place.query['all'] === 'yes';
  const answer = useAnswer('settings', (signal) => client.settings(signal), 30_000);
  const shown = (settings: readonly SettingInForce[]) => settings.filter(({ given }) => isAll || given);
  return (
    <>
      <p className="filters">
        <label>
          <input
            type="checkbox"
            checked={isAll}
            onChange={(event) => go({ page: 'settings', query: { all: event.target.checked ? 'yes' : '' } })}
          />{' '}
          Defaults too
        </label>
      </p>
      <Answered answer={answer}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="empty">No process has said what it runs with.</p>
          ) : (
            data.map(({ service, processes, settings }) => (
              <Panel
                key={processes.join(' ')}
                title={service}
                aside={<span className="note">{processes.join(', ')}</span>}
              >
                <Table
                  caption={`Settings of ${service}`}
                  rows={shown(settings)}
                  keyOf={({ name }) => name}
                  empty="All as by default."
                  columns={[
                    { title: 'Setting', cell: ({ name }) => <code>{name}</code> },
                    { title: 'Value', cell: ({ value }) => (value === null ? 'absent' : <code>{value}</code>) },
                    { title: 'From', cell: ({ given }) => (given ? 'given' : 'default') },
                  ]}
                />
              </Panel>
            ))
          )
        }
      </Answered>
    </>
  );
}
