import { type MoneyTotals, type OperatorSnapshot } from '@batch-gpt/contracts';
import { savingsOf } from '@batch-gpt/status-client';
import { Answered } from '../components/answered.tsx';
import { Panel } from '../components/panel.tsx';
import { Table } from '../components/table.tsx';
import { client } from '../feed/client.ts';
import { useAnswer } from '../feed/use-answer.ts';
import { useNavigation } from '../route/use-place.tsx';
import { formatCount, formatDollars } from '../text/format.ts';

/** What was spent and saved, each part apart. */
export function Money({ snapshot }: { readonly snapshot: OperatorSnapshot }) {
  const { today, month } = snapshot.money;
  const rows: readonly (readonly [name: string, note: string, of: (money: MoneyTotals) => number | null])[] = [
    ['Spent', 'billed by batches', (money) => money.spent_usd],
    ['List price', 'of the same tokens, one call at a time', (money) => money.list_usd],
    ['Batch discount', 'list price less what was spent', (money) => money.batch_discount_usd],
    ['Cache hits', 'calls that a stored answer served', (money) => money.cache_hits?.saved_usd ?? null],
    ['Shared calls', 'calls that joined one under way', (money) => money.shared_calls?.saved_usd ?? null],
    ['Wasted', 'lines that ran again or came too late', (money) => minus(money.wasted_usd)],
    ['Saved', 'discount, hits and shared calls less waste', savingsOf],
  ];
  const calls = (of: 'cache_hits' | 'shared_calls') => `${count(today[of])} today, ${count(month[of])} this month`;
  return (
    <>
      <Panel title="Money">
        <table className="money">
          <caption className="hidden">Costs and savings in US dollars</caption>
          <thead>
            <tr>
              <th scope="col">US dollars</th>
              <th scope="col" className="number">
                Today
              </th>
              <th scope="col" className="number">
                This month
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, note, of]) => (
              <tr key={name} className={name === 'Saved' ? 'sum' : undefined}>
                <th scope="row">
                  {name} <span className="note">{note}</span>
                </th>
                <td className="number" data-title="Today">
                  {formatDollars(of(today))}
                </td>
                <td className="number" data-title="This month">
                  {formatDollars(of(month))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="note">
          Days and months are those of UTC. Cache hits: {calls('cache_hits')}. Shared calls: {calls('shared_calls')}.
        </p>
      </Panel>
      <Usage />
      {month.unpriced.length > 0 && (
        <Panel title="Without a price">
          <p>What these models cost is unknown, and in none of the sums.</p>
          <ul>
            {month.unpriced.map(({ model, lines }) => (
              <li key={model}>
                {model}: {formatCount(lines)} lines
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

function Usage() {
  const { place, go } = useNavigation();
  const { from = '', to = '', tenant = '' } = place.query;
  const wanted = { ...(from && { from }), ...(to && { to }), ...(tenant && { tenant }) };
  const answer = useAnswer(`usage ${JSON.stringify(wanted)}`, (signal) => client.usage(wanted, signal), 30_000);
  const files = (what: string, format: string) =>
    `/admin/${what}?${new URLSearchParams({ ...wanted, format }).toString()}`;
  return (
    <Panel
      title="By tenant, day and model"
      aside={
        <form
          key={JSON.stringify(wanted)}
          className="filters"
          onSubmit={(event) => {
            event.preventDefault();
            const given = new FormData(event.currentTarget);
            const text = (name: string) => {
              const value = given.get(name);
              return typeof value === 'string' ? value.trim() : '';
            };
            go({ page: 'money', query: { from: text('from'), to: text('to'), tenant: text('tenant') } });
          }}
        >
          <label>
            From <input name="from" type="date" defaultValue={from} />
          </label>
          <label>
            To <input name="to" type="date" defaultValue={to} />
          </label>
          <label>
            Tenant <input name="tenant" defaultValue={tenant} placeholder="all" />
          </label>
          <button type="submit">Show</button>
        </form>
      }
    >
      <Answered answer={answer}>
        {({ data }) => (
          <Table
            caption="Usage by tenant, day and model"
            rows={data}
            keyOf={(row) => `${row.tenant} ${row.day} ${row.model}`}
            empty="Nothing was used on these days."
            columns={[
              { title: 'Day', cell: ({ day }) => day },
              { title: 'Tenant', cell: (row) => row.tenant },
              { title: 'Model', cell: ({ model }) => model },
              { title: 'Lines', isNumber: true, cell: ({ batches }) => formatCount(batches.lines) },
              { title: 'Hits', isNumber: true, cell: ({ cache_hits: hits }) => formatCount(hits.calls) },
              { title: 'Shared', isNumber: true, cell: ({ shared_calls: shared }) => formatCount(shared.calls) },
              { title: 'Cost', isNumber: true, cell: ({ batches }) => formatDollars(batches.cost_usd) },
              { title: 'List price', isNumber: true, cell: ({ batches }) => formatDollars(batches.list_usd) },
              { title: 'Wasted', isNumber: true, cell: ({ waste }) => formatDollars(waste.cost_usd) },
            ]}
          />
        )}
      </Answered>
      <p className="note">
        Download: <a href={files('usage', 'csv')}>this table</a>,{' '}
        <a href={files('export/batches', 'csv')}>every batch</a>, <a href={files('export/lines', 'csv')}>every line</a>{' '}
        as CSV, or <a href={files('export/batches', 'json')}>batches</a> and{' '}
        <a href={files('export/lines', 'json')}>lines</a> as JSON.
      </p>
    </Panel>
  );
}

const minus = (dollars: number | null): number | null => (dollars === null || dollars === 0 ? dollars : -dollars);

const count = (calls: { readonly calls: number } | null): string =>
  calls === null ? 'unknown' : formatCount(calls.calls);
