import { knownProviderStatuses } from '@batch-gpt/contracts';
import { Answered } from '../components/answered.tsx';
import { Panel } from '../components/panel.tsx';
import { client } from '../feed/client.ts';
import { useAnswer } from '../feed/use-answer.ts';
import { Link, useNavigation } from '../route/use-place.tsx';
import { BatchTable } from './batch-table.tsx';

const pageSize = 25;

/** All batches, open ones first. */
export function Batches() {
  const { place, go } = useNavigation();
  const { status = '', tenant = '', after = '' } = place.query;
  const wanted = { ...(status && { status }), ...(tenant && { tenant }), ...(after && { after }), limit: pageSize };
  const answer = useAnswer(`batches ${JSON.stringify(wanted)}`, (signal) => client.batches(wanted, signal), 3000);
  const change = (query: Record<string, string>) => go({ page: 'batches', query: { status, tenant, ...query } });
  return (
    <Panel
      title="Batches"
      aside={
        <form className="filters" onSubmit={(event) => event.preventDefault()}>
          <label>
            Status{' '}
            <select value={status} onChange={(event) => change({ status: event.target.value })}>
              <option value="">all</option>
              {knownProviderStatuses.map((each) => (
                <option key={each} value={each}>
                  {each.replaceAll('_', ' ')}
                </option>
              ))}
            </select>
          </label>
          <label>
            Tenant{' '}
            <input
              key={tenant}
              defaultValue={tenant}
              placeholder="all"
              onKeyDown={(event) => {
                if (event.key === 'Enter') change({ tenant: event.currentTarget.value.trim() });
              }}
              onBlur={(event) => {
                const given = event.currentTarget.value.trim();
                if (given !== tenant) change({ tenant: given });
              }}
            />
          </label>
        </form>
      }
    >
      <Answered answer={answer}>
        {({ data, next }) => (
          <>
            <BatchTable batches={data} empty={after === '' ? 'There are no such batches.' : 'No more batches.'} />
            <nav className="pages" aria-label="Pages">
              {after !== '' && <Link to={{ page: 'batches', query: { status, tenant } }}>First page</Link>}
              {next !== null && <Link to={{ page: 'batches', query: { status, tenant, after: next } }}>Next page</Link>}
            </nav>
          </>
        )}
      </Answered>
    </Panel>
  );
}
