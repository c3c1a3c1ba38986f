import { type OperatorBatchDetails, type OperatorFailure, type OperatorRequestDetails } from '@batch-gpt/contracts';
import { ageOf, explainRequest, formatDuration } from '@batch-gpt/status-client';
import { bar } from '../text/bar.ts';
import { formatCount, formatDollars, formatMoment, percentOf } from '../text/format-values.ts';
import { piece, statusTone, type Line, type Tone } from '../text/tone.ts';
import { wrapText } from '../text/wrap-text.ts';

/** Where it is drawn: characters, and Unix seconds of the gateway's clock. */
export interface Room {
  readonly width: number;
  readonly now: number;
}

/** All that is known of a batch. */
export function batchLines(batch: OperatorBatchDetails, { width, now }: Room): readonly Line[] {
  const { counts, estimate, cost, usage } = batch;
  const done = counts.completed + counts.failed;
  const fact = factWriter(width);
  return [
    [piece(batch.id, 'strong'), piece('  '), piece(batch.status, statusTone(batch.status))],
    [
      piece(`${bar(done, counts.total, 20)} ${percentOf(done, counts.total)}%  `, 'accent'),
      piece(`${formatCount(counts.total)} lines, ${formatCount(counts.completed)} completed, `),
      piece(`${formatCount(counts.failed)} failed`, counts.failed === 0 ? 'plain' : 'bad'),
    ],
    ...fact('model', `${batch.model} · ${batch.endpoint} · tenant ${batch.tenant} · account ${batch.account}`),
    ...fact('state', `${batch.state} · attempt ${batch.attempt} · held by ${batch.owner ?? 'nobody'}`),
    ...(batch.depth === 0 ? [] : fact('search', `halved ${batch.depth} times in search of a bad line`)),
    ...fact('provider', providerOf(batch)),
    ...(batch.former_provider_batch_ids.length === 0 ? [] : fact('former', batch.former_provider_batch_ids.join(', '))),
    ...fact('files', filesOf(batch)),
    ...fact('begun', `${formatMoment(batch.created_at)} UTC, ${formatDuration(ageOf(batch.created_at, now))} ago`),
    ...(batch.settled_at === null ? [] : fact('settled', settledOf(batch.settled_at, batch.took_seconds))),
    ...(batch.settled_at !== null || batch.expires_at === null
      ? []
      : fact('expires', `in ${formatDuration(batch.expires_at - now)}`)),
    ...(estimate === null
      ? []
      : fact('estimate', estimateOf(estimate.completes_at, estimate.completes_by, estimate.samples, now))),
    ...(batch.cancel_requested_at === null
      ? []
      : fact('cancel', `asked for at ${formatMoment(batch.cancel_requested_at)} UTC`, 'warn')),
    ...(cost === null
      ? []
      : fact('cost', `${formatDollars(cost.batch_usd)}, by single calls ${formatDollars(cost.list_usd)}`)),
    ...(usage === null
      ? fact('tokens', `about ${formatCount(batch.tokens)}, in ${formatCount(batch.bytes)} bytes`)
      : fact('tokens', usageOf(usage))),
    ...(batch.trouble === null ? [] : fact('trouble', failureText(batch.trouble), 'bad')),
    ...(batch.failure === null ? [] : fact('failure', failureText(batch.failure), 'bad')),
    ...timelineLines(batch.timeline, width),
    ...section(
      'ERRORS',
      batch.errors.map((error) => (error.line === null ? '' : `line ${error.line}: `) + failureText(error)),
      width,
    ),
    ...section(
      namedTitle(batch),
      batch.named_lines.map(({ request_id, code, message }) => `${request_id.slice(0, 8)} ${code}: ${message}`),
      width,
    ),
  ];
}

/** All that is known of a request: where it is, and what it waits for. */
export function requestLines(request: OperatorRequestDetails, { width, now }: Room): readonly Line[] {
  const { outcome, batch, estimate } = request;
  const fact = factWriter(width);
  return [
    [piece(request.id, 'strong')],
    ...fact('state', stateOf(request), outcome?.result === 'failed' ? 'bad' : 'accent'),
    ...fact('why', explainRequest(request, now), request.waits_for === null ? 'plain' : 'warn'),
    ...fact('model', `${request.model} · ${request.endpoint} · tenant ${request.tenant} · account ${request.account}`),
    ...fact(
      'accepted',
      `${formatMoment(request.created_at)} UTC, ${formatDuration(ageOf(request.created_at, now))} ago`,
    ),
    ...(estimate === null
      ? []
      : fact('estimate', estimateOf(estimate.completes_at, estimate.completes_by, estimate.samples, now))),
    ...fact('runs', `${request.attempt} at the provider · given back by ${request.rounds} batches`),
    ...(batch === null
      ? []
      : fact(
          'batch',
          `${batch.id} ${batch.status}, ${batch.counts.completed + batch.counts.failed} of ${batch.counts.total} lines`,
          statusTone(batch.status),
        )),
    ...(!batch?.provider_batch_id ? [] : fact('provider', batch.provider_batch_id)),
    ...(batch?.trouble ? fact('trouble', failureText(batch.trouble), 'bad') : []),
    ...(outcome?.usage
      ? fact('tokens', `${formatCount(outcome.usage.input_tokens)} in, ${formatCount(outcome.usage.output_tokens)} out`)
      : []),
    ...(request.state !== 'done' ? [] : fact('delivered', request.delivered ? 'yes' : 'not yet')),
    ...(request.expires_at === null ? [] : fact('kept until', `${formatMoment(request.expires_at)} UTC`)),
    ...(request.failure === null ? [] : fact('failure', failureText(request.failure), 'bad')),
    ...timelineLines(request.timeline, width),
  ];
}

const labelWidth = 10;

type Fact = (name: string, text: string, tone?: Tone) => readonly Line[];

const factWriter =
  (width: number): Fact =>
  (name, text, tone = 'plain') =>
    wrapText(text, width - labelWidth).map((part, index): Line => [
      piece((index === 0 ? name : '').padEnd(labelWidth), 'dim'),
      piece(part, tone),
    ]);

function section(title: string, texts: readonly string[], width: number): readonly Line[] {
  if (texts.length === 0) return [];
  return [
    [],
    [piece(title, 'dim')],
    ...texts.flatMap((text) => wrapText(text, width - 2).map((part): Line => [piece(`  ${part}`, 'bad')])),
  ];
}

function timelineLines(steps: OperatorBatchDetails['timeline'], width: number): readonly Line[] {
  const [first] = steps;
  if (first === undefined) return [];
  const indent = ' '.repeat(31);
  return [
    [],
    [piece('TIMELINE (UTC)', 'dim')],
    ...steps.flatMap(({ at, event, note }) => {
      const since = `+${formatDuration(at - first.at)}`;
      const [begin = '', ...rest] = wrapText(note === null ? event : `${event}: ${note}`, width - indent.length);
      return [
        [piece(`  ${formatMoment(at)} `, 'dim'), piece(`${since.padStart(8)} `, 'dim'), piece(begin)],
        ...rest.map((part): Line => [piece(indent), piece(part)]),
      ];
    }),
  ];
}

const failureText = ({ code, message, param }: OperatorFailure): string =>
  `${code === null ? '' : `${code}: `}${message}${param === null ? '' : ` (${param})`}`;

function providerOf({ provider_batch_id, provider_status }: OperatorBatchDetails): string {
  if (provider_batch_id === null) return 'no batch there yet';
  return `${provider_batch_id} · ${provider_status ?? 'not looked at yet'}`;
}

function filesOf({ input_file_id, output_file_id, error_file_id }: OperatorBatchDetails): string {
  return [
    `input ${input_file_id ?? '-'}`,
    ...(output_file_id === null ? [] : [`output ${output_file_id}`]),
    ...(error_file_id === null ? [] : [`errors ${error_file_id}`]),
  ].join(' · ');
}

const settledOf = (at: number, took: number | null): string =>
  `${formatMoment(at)} UTC${took === null ? '' : `, took ${formatDuration(took)}`}`;

const estimateOf = (half: number, most: number, samples: number, now: number): string =>
  `in ${formatDuration(half - now)}, by nine of ten in ${formatDuration(most - now)} (from ${samples} ${samples === 1 ? 'batch' : 'batches'})`;

const usageOf = ({
  input_tokens,
  cached_tokens,
  output_tokens,
  sent_again,
}: NonNullable<OperatorBatchDetails['usage']>) =>
  `${formatCount(input_tokens)} in (${formatCount(cached_tokens)} cached), ${formatCount(output_tokens)} out, ` +
  `${formatCount(sent_again)} lines sent again`;

const namedTitle = ({ named_lines, named_line_count }: OperatorBatchDetails): string =>
  named_line_count > named_lines.length
    ? `LINES THAT THE PROVIDER NAMED (${named_lines.length} of ${formatCount(named_line_count)})`
    : 'LINES THAT THE PROVIDER NAMED';

function stateOf({ state, outcome }: OperatorRequestDetails): string {
  return outcome === null ? state : `${state}: ${outcome.result}, status ${outcome.status_code}`;
}
