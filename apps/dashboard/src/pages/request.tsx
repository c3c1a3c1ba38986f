import { type OperatorRequestDetails } from '@batch-gpt/contracts';
import { explainRequest } from '@batch-gpt/status-client';
import { Answered } from '../components/answered.tsx';
import { Age, Moment } from '../components/moment.tsx';
import { Facts, Panel } from '../components/panel.tsx';
import { Status } from '../components/status.tsx';
import { Timeline } from '../components/timeline.tsx';
import { client } from '../feed/client.ts';
import { useAnswer } from '../feed/use-answer.ts';
import { useNow } from '../feed/use-now.ts';
import { Link } from '../route/use-place.tsx';
import { formatCount } from '../text/format.ts';
import { Trouble } from './batch.tsx';
import { BatchTable } from './batch-table.tsx';

/** One request: where it is, what it waits for, when it may end. */
export function RequestPage({ id }: { readonly id: string }) {
  const answer = useAnswer(`request ${id}`, (signal) => client.request(id, signal), 2000);
  return (
    <>
      <p className="trail">
        <Link to={{ page: 'requests' }}>Requests</Link> / <span className="id">{id}</span>
      </p>
      <Answered answer={answer}>{(request) => <Details request={request} />}</Answered>
    </>
  );
}

function Details({ request }: { readonly request: OperatorRequestDetails }) {
  const now = useNow();
  const { outcome, estimate, failure, batch } = request;
  const usage = outcome?.usage ?? null;
  return (
    <>
      <p className="sentence">{explainRequest(request, now)}</p>
      {failure !== null && <Trouble title="Its callers were told" failure={failure} />}
      <div className="columns">
        <Panel title="Request">
          <Facts
            facts={[
              ['State', <Status key="s" of={outcome?.result ?? request.state} />],
              ['Waits for', request.waits_for ?? 'nothing'],
              [
                'May be answered',
                estimate === null ? (
                  request.state === 'done' ? (
                    'it is'
                  ) : (
                    'nothing comparable is known'
                  )
                ) : (
                  <>
                    <Moment at={estimate.completes_at} />, by <Moment at={estimate.completes_by} /> nine times in ten (
                    {estimate.confidence} confidence, {formatCount(estimate.samples)} batches)
                  </>
                ),
              ],
              ['Tenant', request.tenant],
              ['Account', request.account],
              ['Endpoint', request.endpoint],
              ['Model', request.model],
              ['Accepted', <Moment key="m" at={request.created_at} />],
              ['Age', <Age key="a" at={request.created_at} />],
              ['Runs at the provider', formatCount(request.attempt)],
              ['Batches that gave it back', formatCount(request.rounds)],
              ['Reached a caller', request.delivered ? 'yes' : 'not noted'],
              [
                'Usage',
                usage === null ? '–' : `${formatCount(usage.input_tokens)} in, ${formatCount(usage.output_tokens)} out`,
              ],
              ["Provider's request id", <code key="p">{outcome?.provider_request_id ?? '–'}</code>],
              ['Answers others until', outcome === null ? '–' : <Moment key="u" at={outcome.reusable_until} />],
              ['Kept until', <Moment key="k" at={request.expires_at} />],
            ]}
          />
        </Panel>
        <Panel title="Timeline">
          <Timeline steps={request.timeline} />
        </Panel>
      </div>
      {batch !== null && (
        <Panel title="Its batch">
          <BatchTable batches={[batch]} empty="" />
        </Panel>
      )}
    </>
  );
}
