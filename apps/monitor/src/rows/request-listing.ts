import { type OperatorRequest } from '@batch-gpt/contracts';
import { formatDuration } from '@batch-gpt/status-client';
import { shortId } from '../text/format-values.ts';
import { piece, statusTone, type Piece } from '../text/tone.ts';
import { byText, sortedBy, type Listing } from './table-model.ts';

/** Requests as they were found; the filter is the gateway's work. */
export const foundRequests: Listing<OperatorRequest> = {
  columns: [
    { title: 'REQUEST', width: 8, cell: ({ id }) => piece(shortId(id), 'dim') },
    { title: 'STATE', width: 9, cell: ({ state }) => piece(state, state === 'done' ? 'plain' : 'accent') },
    { title: 'AGE', width: 7, align: 'right', cell: ({ created_at }, now) => piece(formatDuration(now - created_at)) },
    { title: 'TENANT', width: 12, from: 100, cell: ({ tenant }) => piece(tenant, 'dim') },
    { title: 'MODEL', width: 18, cell: ({ model }) => piece(model) },
    { title: 'WHERE', width: null, cell: whereIs },
  ],
  sorts: [
    { name: 'as found', sort: (items) => items },
    sortedBy('oldest', (a, b) => a.created_at - b.created_at),
    sortedBy(
      'state',
      byText(({ state }) => state),
    ),
    sortedBy(
      'model',
      byText(({ model }) => model),
    ),
  ],
  refOf: ({ id }) => ({ id, opens: { kind: 'request', id }, orders: {} }),
  empty: 'No request was found.',
};

function whereIs(request: OperatorRequest, now: number): Piece {
  const { state, window_closes_at, batch_id, provider_status, request_counts, outcome, error } = request;
  if (error !== undefined) return piece(error.message, 'bad');
  switch (state) {
    case 'accepted':
      return piece(window_closes_at === null ? 'waiting' : `window ${closesIn(window_closes_at - now)}`);
    case 'collected': {
      const counts = request_counts === null ? '' : ` ${request_counts.completed}/${request_counts.total}`;
      const status = provider_status ?? 'validating';
      return piece(`batch ${shortId(batch_id ?? '')} ${status}${counts}`, statusTone(status));
    }
    case 'done':
      if (outcome === null) return piece('done', 'dim');
      return piece(`${outcome.result} ${outcome.status_code}`, outcome.result === 'succeeded' ? 'good' : 'bad');
  }
}

const closesIn = (seconds: number): string => (seconds <= 0 ? 'closing' : `closes in ${formatDuration(seconds)}`);
