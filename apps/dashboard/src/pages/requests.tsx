import { requestState } from '@batch-gpt/contracts';
import { Answered } from '../components/answered.tsx';
import { Age } from '../components/moment.tsx';
import { Panel } from '../components/panel.tsx';
import { Status } from '../components/status.tsx';
import { Table } from '../components/table.tsx';
import { client } from '../feed/client.ts';
import { useAnswer } from '../feed/use-answer.ts';
import { Link, useNavigation } from '../route/use-place.tsx';
import { requestQueryOf } from '../route/request-query.ts';
import { formatCount } from '../text/format.ts';

const names = ['key', 'tenant', 'model', 'state', 'since', 'until'] as const;

/** Requests of all tenants, newest first, or those whose id begins as given. */
export function Requests() {
  const { place, go } = useNavigation();
  const { query } = place;
  const wanted = requestQueryOf(query);
  const answer = useAnswer(`requests ${JSON.stringify(wanted)}`, (signal) => client.requests(wanted, signal), 5000);
  const kept = Object.fromEntries(names.map((name) => [name, query[name] ?? '']));
  return (
    <Panel title="Requests">
      <form
        key={JSON.stringify(kept)}
        className="filters"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          const given = new FormData(event.currentTarget);
          const next = Object.fromEntries(
            names.map((name) => {
              const value = given.get(name);
              return [name, typeof value === 'string' ? value.trim() : ''];
            }),
          );
          go({ page: 'requests', query: next });
        }}
      >
        <label>
          Id, or how it begins <input name="key" defaultValue={query['key']} className="wide" spellCheck={false} />
        </label>
        <label>
          Tenant <input name="tenant" defaultValue={query['tenant']} />
        </label>
        <label>
          Model <input name="model" defaultValue={query['model']} />
        </label>
        <label>
          State{' '}
          <select name="state" defaultValue={query['state'] ?? ''}>
            <option value="">all</option>
            {requestState.options.map((state) => (
              <option key={state} value={state}>
                {state}
              </option>
            ))}
          </select>
        </label>
        <label>
          From <input name="since" type="datetime-local" defaultValue={query['since']} />
        </label>
        <label>
          To <input name="until" type="datetime-local" defaultValue={query['until']} />
        </label>
        <button type="submit" className="primary">
          Search
        </button>
      </form>
      <Answered answer={answer}>
        {({ data, next }) => (
          <>
            <Table
              caption="Requests"
              rows={data}
              keyOf={({ id }) => id}
              empty={next === null ? 'No such requests.' : 'None on this page; older ones may follow.'}
              columns={[
                {
                  title: 'Request',
                  cell: ({ id }) => (
                    <Link to={{ page: 'requests', id }} className="id">
                      {id.slice(0, 12)}…
                    </Link>
                  ),
                },
                {
                  title: 'State',
                  cell: ({ state, outcome }) => <Status of={outcome?.result ?? state} />,
                },
                { title: 'Tenant', cell: ({ tenant }) => tenant },
                { title: 'Model', cell: ({ model }) => model },
                { title: 'Endpoint', cell: ({ endpoint }) => endpoint },
                {
                  title: 'Batch',
                  cell: ({ batch_id: batch }) =>
                    batch === null ? (
                      '–'
                    ) : (
                      <Link to={{ page: 'batches', id: batch }} className="id">
                        {batch.replace('batch_', '').slice(0, 8)}…
                      </Link>
                    ),
                },
                { title: 'Runs', isNumber: true, cell: ({ attempt }) => formatCount(attempt) },
                { title: 'Age', isNumber: true, cell: ({ created_at: at }) => <Age at={at} /> },
              ]}
            />
            <nav className="pages" aria-label="Pages">
              {query['after'] !== undefined && <Link to={{ page: 'requests', query: kept }}>First page</Link>}
              {next !== null && <Link to={{ page: 'requests', query: { ...kept, after: next } }}>Next page</Link>}
            </nav>
          </>
        )}
      </Answered>
    </Panel>
  );
}
