import { type Operation } from '../operation.ts';
import { ownBatchPath } from '../request-parameters.ts';
import { bodyErrors } from './errors-of.ts';

const group = { tag: 'Operators', caller: 'operator' } as const;

/** What operators may do. */
export const operatorOperations: readonly Operation[] = [
  {
    ...group,
    id: 'abandonBatch',
    method: 'post',
    path: '/admin/batches/{id}/abandon',
    summary: 'Gives a lost or stuck batch up: its requests fail.',
    parameters: [ownBatchPath],
    answers: { 200: { description: 'The abandoned batch.', json: ['Batch'] } },
    errors: ['invalid_admin_token', 'batch_not_found', 'invalid_value', 'conflict', 'store_unavailable'],
  },
  {
    ...group,
    id: 'purgeCache',
    method: 'post',
    path: '/admin/cache/purge',
    summary: 'Removes stored answers, 10,000 at most in one call; the next such call asks the provider.',
    body: 'PurgeOrder',
    answers: { 200: { description: 'How many.', json: ['PurgeReport'] } },
    errors: ['invalid_admin_token', ...bodyErrors, 'body_too_deep', 'invalid_value', 'store_unavailable'],
  },
];
