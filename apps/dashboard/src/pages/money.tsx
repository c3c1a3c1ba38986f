import { type MoneyTotals, type OperatorSnapshot } from '@batch-gpt/contracts';
import { savingsOf } from '@batch-gpt/status-client';
import { Panel } from '../components/panel.tsx';
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

const minus = (dollars: number | null): number | null => (dollars === null || dollars === 0 ? dollars : -dollars);

const count = (calls: { readonly calls: number } | null): string =>
  calls === null ? 'unknown' : formatCount(calls.calls);
