import { type OperatorWorker } from '@batch-gpt/contracts';
import { ageOf, formatDuration } from '@batch-gpt/status-client';
import { piece } from '../text/tone.ts';
import { sortedBy, type Listing } from './table-model.ts';

const orDash = (value: number | string | null) => piece(value === null ? '-' : String(value));

/** Processes that say that they live, and owners of open batches that do not. */
export const knownWorkers: Listing<OperatorWorker> = {
  columns: [
    { title: 'WORD', width: 6, cell: ({ alive }) => (alive ? piece('alive', 'good') : piece('silent', 'bad')) },
    { title: 'SERVICE', width: 8, cell: ({ service }) => piece(service) },
    { title: 'NAME', width: null, cell: ({ id }) => piece(id, 'dim') },
    { title: 'HOST', width: 16, from: 100, cell: ({ host }) => orDash(host) },
    { title: 'PID', width: 7, align: 'right', cell: ({ pid }) => orDash(pid) },
    { title: 'VERSION', width: 8, from: 110, cell: ({ version }) => orDash(version) },
    {
      title: 'UP',
      width: 7,
      align: 'right',
      cell: ({ since }, now) => (since === null ? piece('-', 'dim') : piece(formatDuration(ageOf(since, now)))),
    },
    { title: 'CALLS', width: 6, align: 'right', cell: ({ held_connections }) => orDash(held_connections) },
    { title: 'BATCHES', width: 7, align: 'right', cell: ({ held_batches }) => orDash(held_batches) },
  ],
  sorts: [
    { name: 'service', sort: (items) => items },
    sortedBy('silent first', (a, b) => Number(a.alive) - Number(b.alive)),
    sortedBy('youngest', (a, b) => (b.since ?? 0) - (a.since ?? 0)),
  ],
  refOf: ({ id }) => ({ id, opens: null, orders: {} }),
  empty: 'No process has said that it lives.',
};
