import { type Operation } from '../operation.ts';
import { requestFilters, requestPath } from '../request-parameters.ts';
import { tenantErrors } from './errors-of.ts';

const group = { tag: 'Requests', caller: 'tenant' } as const;

/** Where is my request. */
export const requestOperations: readonly Operation[] = [
  {
    ...group,
    id: 'listRequests',
    method: 'get',
    path: '/v1/requests',
    summary: "Lists the tenant's requests, newest first.",
    description: 'A filtered page may be short, even empty, while `has_more` is true: go on after its `last_id`.',
    parameters: requestFilters,
    answers: { 200: { description: 'A page.', json: ['RequestList'] } },
    errors: [...tenantErrors, 'invalid_value'],
  },
  {
    ...group,
    id: 'retrieveRequest',
    method: 'get',
    path: '/v1/requests/{id}',
    summary: 'Says where a request is, and its outcome once it has one.',
    parameters: [requestPath],
    answers: { 200: { description: 'The request.', headers: ['Batch-Request-Id', 'Batch-Id'], json: ['Request'] } },
    errors: [...tenantErrors, 'request_not_found', 'invalid_value'],
  },
  {
    ...group,
    id: 'cancelRequest',
    method: 'delete',
    path: '/v1/requests/{id}',
    summary: 'Cancels a request that is not yet in a batch.',
    description: 'Everybody who waits for it is told; there is one request for all identical calls.',
    parameters: [requestPath],
    answers: {
      200: { description: 'The cancelled request.', headers: ['Batch-Request-Id', 'Batch-Id'], json: ['Request'] },
    },
    errors: [...tenantErrors, 'request_not_found', 'invalid_value', 'request_not_cancellable'],
  },
];
