import { type OperatorGroup } from '@batch-gpt/contracts';
import { bar } from '../text/bar.ts';
import { ageOf, formatDuration, windowLeft } from '@batch-gpt/status-client';
import { formatCount } from '../text/format-values.ts';
import { piece } from '../text/tone.ts';
import { ordersOfGroup } from './orders.ts';
import { byText, sortedBy, type Listing } from './table-model.ts';

/** Groups that wait for their window to close. Enter shows what waits in one. */
export const waitingGroups: Listing<OperatorGroup> = {
  columns: [
    { title: 'WAITING', width: null, cell: ({ model }) => piece(model) },
    { title: 'ENDPOINT', width: 16, cell: ({ endpoint }) => piece(endpoint.replace('/v1/', ''), 'dim') },
    { title: 'TENANT', width: 10, cell: ({ tenant }) => piece(tenant, 'dim') },
    {
      title: 'PENDING',
      width: 8,
      align: 'right',
      cell: ({ pending, pending_is_more }) => piece(`${formatCount(pending)}${pending_is_more ? '+' : ''}`, 'strong'),
    },
    {
      title: 'OLDEST',
      width: 7,
      align: 'right',
      cell: ({ oldest_accepted_at }, now) => piece(formatDuration(ageOf(oldest_accepted_at, now))),
    },
    {
      title: 'WINDOW',
      width: 8,
      cell: ({ oldest_accepted_at: opened, window_closes_at: closes }, now) =>
        piece(bar(now - opened, closes - opened, 8), 'accent'),
    },
    {
      title: 'CLOSES',
      width: 7,
      align: 'right',
      cell: (group, now) => {
        const left = windowLeft(group, now);
        return left === 0 ? piece('now', 'accent') : piece(formatDuration(left));
      },
    },
  ],
  sorts: [
    sortedBy('oldest', (a, b) => a.oldest_accepted_at - b.oldest_accepted_at),
    sortedBy('pending', (a, b) => b.pending - a.pending),
    sortedBy(
      'model',
      byText(({ model }) => model),
    ),
  ],
  refOf: (group) => ({
    id: group.id,
    opens: { kind: 'requests', filter: `state:accepted tenant:${group.tenant} model:"${group.model}"` },
    orders: ordersOfGroup(group),
  }),
  empty: 'Nothing waits for a batch.',
};
