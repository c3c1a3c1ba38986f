import { type Operation } from '../operation.ts';
import { batchFilters, batchPath } from '../request-parameters.ts';
import { relayErrors, tenantErrors } from './errors-of.ts';

const group = { tag: 'Batches', caller: 'tenant' } as const;
const errors = [...tenantErrors, 'batch_not_found', 'invalid_value', ...relayErrors] as const;

/** The tenant's batches; where `RELAY=on`, by their ids also those that were made through it. */
export const batchOperations: readonly Operation[] = [
  {
    ...group,
    id: 'listBatches',
    method: 'get',
    path: '/v1/batches',
    summary: "Lists the tenant's batches, newest first.",
    description: 'A filtered page may be short, even empty, while `has_more` is true: go on after its `last_id`.',
    parameters: batchFilters,
    answers: { 200: { description: 'A page.', json: ['BatchList'] } },
    errors: [...tenantErrors, 'invalid_value'],
  },
  {
    ...group,
    id: 'retrieveBatch',
    method: 'get',
    path: '/v1/batches/{id}',
    summary: 'Shows a batch.',
    parameters: [batchPath],
    answers: { 200: { description: 'The batch.', json: ['Batch', 'ProviderAnswer'] } },
    errors,
    mayFailAtProvider: true,
  },
  {
    ...group,
    id: 'cancelBatch',
    method: 'post',
    path: '/v1/batches/{id}/cancel',
    summary: 'Cancels a batch; lines that have not been run fail.',
    parameters: [batchPath],
    answers: { 200: { description: 'The batch, cancelling or cancelled.', json: ['Batch', 'ProviderAnswer'] } },
    errors: [...errors, 'batch_not_cancellable'],
    mayFailAtProvider: true,
  },
];
