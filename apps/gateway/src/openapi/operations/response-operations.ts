import { type Operation } from '../operation.ts';
import { responsePath, streamFilters } from '../request-parameters.ts';
import { relayErrors, tenantErrors } from './errors-of.ts';

const headers = ['Batch-Request-Id', 'Batch-Id'] as const;
const errors = [...tenantErrors, 'response_not_found', 'invalid_value', ...relayErrors] as const;
const group = { tag: 'Responses', caller: 'tenant', mayFailAtProvider: true } as const;

/** Responses in the background; where `RELAY=on`, those that were made through it too. */
export const responseOperations: readonly Operation[] = [
  {
    ...group,
    id: 'retrieveResponse',
    method: 'get',
    path: '/v1/responses/{id}',
    summary: 'Shows a background response.',
    parameters: [responsePath, ...streamFilters],
    answers: {
      200: { description: 'The response as it is now.', headers, json: ['Response', 'ProviderAnswer'], events: true },
    },
    errors: [...errors, 'unsupported_value'],
  },
  {
    ...group,
    id: 'deleteResponse',
    method: 'delete',
    path: '/v1/responses/{id}',
    summary: 'Forgets a background response; its request goes on.',
    parameters: [responsePath],
    answers: { 200: { description: 'It is forgotten.', json: ['DeletedResponse', 'ProviderAnswer'] } },
    errors,
  },
  {
    ...group,
    id: 'cancelResponse',
    method: 'post',
    path: '/v1/responses/{id}/cancel',
    summary: 'Cancels a background response that has not ended.',
    parameters: [responsePath],
    answers: { 200: { description: 'The response as it is now.', headers, json: ['Response', 'ProviderAnswer'] } },
    errors,
  },
];
