import { useState } from 'react';
import { type OperatorBatchDetails } from '@batch-gpt/contracts';
import { batchProgress, formatDuration, isFinal } from '@batch-gpt/status-client';
import { Action } from '../components/action.tsx';
import { Answered } from '../components/answered.tsx';
import { Bar } from '../components/bar.tsx';
import { Age, Moment } from '../components/moment.tsx';
import { Facts, Panel } from '../components/panel.tsx';
import { Status } from '../components/status.tsx';
import { Table } from '../components/table.tsx';
import { Timeline } from '../components/timeline.tsx';
import { client } from '../feed/client.ts';
import { useAnswer } from '../feed/use-answer.ts';
import { Link } from '../route/use-place.tsx';
import { formatBytes, formatCount, formatDollars } from '../text/format.ts';

/** One batch, whole. */
export function Batch({ id }: { readonly id: string }) {
  const answer = useAnswer(`batch ${id}`, (signal) => client.batch(id, signal), 2000);
  return (
    <>
      <p className="trail">
        <Link to={{ page: 'batches' }}>Batches</Link> / <span className="id">{id}</span>
      </p>
      <Answered answer={answer}>{(batch) => <Details batch={batch} onChange={answer.reload} />}</Answered>
    </>
  );
}

interface DetailsProps {
  readonly batch: OperatorBatchDetails;
  readonly onChange: () => void;
}

function Details({ batch, onChange }: DetailsProps) {
  const { counts, usage, cost, trouble, failure, errors, named_lines: named } = batch;
  return (
    <>
      {trouble !== null && <Trouble title="In trouble" failure={trouble} />}
      {failure !== null && <Trouble title="Failed as a whole" failure={failure} />}
      <div className="columns">
        <Panel title="Batch" aside={<Actions batch={batch} onChange={onChange} />}>
          <Facts
            facts={[
              ['Status', <Status key="s" of={batch.status} />],
              ['Our state', batch.state.replaceAll('_', ' ')],
              ['Done', <Bar key="b" share={batchProgress(batch)} label="Done" />],
              [
                'Lines',
                `${formatCount(counts.total)}: ${formatCount(counts.completed)} completed, ${formatCount(counts.failed)} failed`,
              ],
              ['Tenant', batch.tenant],
              ['Account', batch.account],
              ['Endpoint', batch.endpoint],
              ['Model', batch.model],
              ['Formed', <Moment key="m" at={batch.created_at} />],
              ['Age', <Age key="a" at={batch.created_at} />],
              ['Took', batch.took_seconds === null ? '–' : formatDuration(batch.took_seconds)],
              [
                'Estimate',
                batch.estimate === null ? (
                  'none'
                ) : (
                  <>
                    <Moment at={batch.estimate.completes_at} />, from {formatCount(batch.estimate.samples)} batches
                  </>
                ),
              ],
              ['Input', `${formatBytes(batch.bytes)}, about ${formatCount(batch.tokens)} tokens`],
              [
                'Usage',
                usage === null ? '–' : `${formatCount(usage.input_tokens)} in, ${formatCount(usage.output_tokens)} out`,
              ],
              ['Cost', batch.settled_at === null ? '–' : formatDollars(cost?.batch_usd ?? null)],
              ['List price', batch.settled_at === null ? '–' : formatDollars(cost?.list_usd ?? null)],
              ['At the provider', <code key="p">{batch.provider_batch_id ?? '–'}</code>],
              ['Files', <Files key="f" batch={batch} />],
              ['Held by', batch.owner ?? 'nobody'],
              ['Creations', formatCount(batch.attempt)],
            ]}
          />
        </Panel>
        <Panel title="Timeline">
          <Timeline steps={batch.timeline} />
        </Panel>
      </div>
      {errors.length > 0 && (
        <Panel title="What the provider said">
          <Table
            caption="Errors of the batch"
            rows={errors}
            keyOf={({ line, code, message }) => `${String(line)} ${code ?? ''} ${message}`}
            empty=""
            columns={[
              { title: 'Line', isNumber: true, cell: ({ line }) => (line === null ? '–' : formatCount(line)) },
              { title: 'Code', cell: ({ code }) => <code>{code ?? '–'}</code> },
              { title: 'Message', cell: ({ message }) => message },
            ]}
          />
        </Panel>
      )}
      {named.length > 0 && (
        <Panel title="Lines that the provider named">
          <Table
            caption="Named lines"
            rows={named}
            keyOf={({ request_id: request }) => request}
            empty=""
            columns={[
              {
                title: 'Request',
                cell: ({ request_id: request }) => (
                  <Link to={{ page: 'requests', id: request }} className="id">
                    {request.slice(0, 12)}…
                  </Link>
                ),
              },
              { title: 'Code', cell: ({ code }) => <code>{code}</code> },
              { title: 'Message', cell: ({ message }) => message },
            ]}
          />
        </Panel>
      )}
    </>
  );
}

function Files({ batch }: { readonly batch: OperatorBatchDetails }) {
  const files = [batch.input_file_id, batch.output_file_id, batch.error_file_id].filter((id) => id !== null);
  return <code>{files.length === 0 ? '–' : files.join(' ')}</code>;
}

export function Trouble(props: {
  readonly title: string;
  readonly failure: { readonly code: string | null; readonly message: string };
}) {
  return (
    <div className="trouble" role="alert">
      <p>
        <b>{props.title}</b>
        {props.failure.code !== null && <code> {props.failure.code}</code>}: {props.failure.message}
      </p>
    </div>
  );
}

function Actions({ batch, onChange }: DetailsProps) {
  // Here, because a button goes with what it could do.
  const [said, setSaid] = useState('');
  const onDone = (text: string) => {
    setSaid(text);
    onChange();
  };
  const { id, state, settled_at: settledAt, counts } = batch;
  const isOpen = settledAt === null && state !== 'void';
  return (
    <div className="buttons">
      {isOpen && !isFinal(batch) && batch.cancel_requested_at === null && (
        <Action
          name="Cancel"
          question="Cancel this batch? Lines that have run are paid for and answered; the others fail."
          run={async () => {
            await client.cancel(id);
            return 'The provider is asked to cancel.';
          }}
          onDone={onDone}
          isDangerous
        />
      )}
      {settledAt !== null && counts.failed > 0 && (
        <Action
          name="Retry failed lines"
          question={`Run the ${formatCount(counts.failed)} failed lines again? Those that succeeded are left alone.`}
          run={() => retryAll(id)}
          onDone={onDone}
        />
      )}
      {isOpen && (
        <Action
          name="Abandon"
          question="Give this batch up? Its requests fail, and are fresh for their next call: what has run may be paid twice."
          run={async () => {
            await client.abandon(id);
            return 'The batch is given up.';
          }}
          onDone={onDone}
          isDangerous
        />
      )}
      <span role="status" className="said">
        {said}
      </span>
    </div>
  );
}

/** A call looks at a page of lines. */
async function retryAll(id: string): Promise<string> {
  let accepted = 0;
  let without = 0;
  let after: string | undefined;
  do {
    const report = await client.retry(id, after);
    accepted += report.accepted;
    without += report.without_text;
    after = report.next ?? undefined;
  } while (after !== undefined);
  const rest = without === 0 ? '' : `; of ${formatCount(without)} the text is no longer there`;
  return `${formatCount(accepted)} lines wait for a batch again${rest}.`;
}
