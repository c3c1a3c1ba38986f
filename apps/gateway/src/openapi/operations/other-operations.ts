import { type ErrorCode } from '@batch-gpt/errors';
import { type Operation } from '../operation.ts';
import { modelPath, signatureHeaders } from '../request-parameters.ts';
import { bodyErrors, tenantErrors } from './errors-of.ts';

const ofModels: readonly ErrorCode[] = [
  ...tenantErrors,
  'provider_unavailable',
  'provider_refused',
  'account_parked',
  'account_not_configured',
];

/** Models, webhooks, and this document. */
export const otherOperations: readonly Operation[] = [
  {
    id: 'listModels',
    method: 'get',
    path: '/v1/models',
    tag: 'Models',
    summary: 'Lists the models that the API key may use.',
    caller: 'tenant',
    answers: { 200: { description: 'All of them.', headers: ['Age'], json: ['ModelList'] } },
    errors: ofModels,
  },
  {
    id: 'retrieveModel',
    method: 'get',
    path: '/v1/models/{id}',
    tag: 'Models',
    summary: 'Shows a model.',
    caller: 'tenant',
    parameters: [modelPath],
    answers: { 200: { description: 'The model.', headers: ['Age'], json: ['Model'] } },
    errors: [...ofModels, 'model_not_found', 'invalid_value'],
  },
  {
    id: 'receiveWebhook',
    method: 'post',
    path: '/v1/webhooks/openai',
    tag: 'Webhooks',
    summary: "Takes the provider's events; those of batches are looked at in the same moment.",
    description: 'Needs `OPENAI_WEBHOOK_SECRET`, else it is unknown.',
    caller: 'provider',
    parameters: signatureHeaders,
    body: 'WebhookEvent',
    answers: { 200: { description: 'Received.', json: ['WebhookReceipt'] } },
    errors: [...bodyErrors, 'invalid_webhook_signature', 'unknown_route', 'queue_unavailable'],
  },
  {
    id: 'retrieveOpenApi',
    method: 'get',
    path: '/openapi.json',
    tag: 'Documents',
    summary: 'This document.',
    caller: 'anybody',
    answers: {
      200: { description: 'The document.', headers: ['ETag', 'Cache-Control'], json: ['OpenApiDocument'] },
      304: { description: 'The one that `If-None-Match` names.', headers: ['ETag', 'Cache-Control'] },
    },
    errors: [],
  },
];
