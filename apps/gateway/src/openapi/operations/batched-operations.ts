import { type BatchEndpoint } from '@batch-gpt/contracts';
import { endpointTable, type Endpoint } from '@batch-gpt/domain';
import { type ErrorCode } from '@batch-gpt/errors';
import { type AnswerHeader } from '../answer-headers.ts';
import { type Operation } from '../operation.ts';
import { wishHeaders } from '../request-parameters.ts';
import { bodyNames } from '../schemas.ts';
import { bodyErrors, relayErrors, tenantErrors } from './errors-of.ts';

const names: Readonly<Record<BatchEndpoint, readonly [id: string, summary: string]>> = {
  '/v1/chat/completions': ['createChatCompletion', 'Answers a conversation.'],
  '/v1/responses': ['createResponse', 'Makes a response, on this connection or in the background.'],
  '/v1/embeddings': ['createEmbedding', 'Turns texts into vectors.'],
  '/v1/completions': ['createCompletion', 'Completes a prompt.'],
  '/v1/moderations': ['createModeration', 'Says whether texts or images are harmful.'],
  '/v1/images/generations': ['createImage', 'Draws pictures.'],
};

const errors: readonly ErrorCode[] = [
  ...bodyErrors,
  'invalid_request_body',
  'body_too_deep',
  'missing_required_parameter',
  'invalid_type',
  'invalid_value',
  'unsupported_value',
  ...tenantErrors,
  'model_not_allowed',
  'mode_not_allowed',
  'not_cached',
  'idempotency_key_reused',
  'request_cancelled',
  'batch_cancelled',
  'insufficient_quota',
  'rate_limit_exceeded',
  'too_many_pending_requests',
  ...relayErrors,
  'batch_failed',
  'batch_lost',
  'result_missing',
  'attempts_exhausted',
  'rounds_exhausted',
  'submit_deadline_exceeded',
  'still_processing',
  'outcome_lost',
];

const rates = [
  'X-RateLimit-Limit-Requests',
  'X-RateLimit-Remaining-Requests',
  'X-RateLimit-Reset-Requests',
] as const satisfies readonly AnswerHeader[];
const headers: readonly AnswerHeader[] = [
  ...(['Cache-Status', 'Age', 'Batch-Request-Id', 'Batch-Id', 'Batch-Mode'] as const),
  ...rates,
];

/** The batched endpoints. */
export const batchedOperations: readonly Operation[] = Object.values(endpointTable).map(operationOf);

function operationOf({ path, replay }: Endpoint): Operation {
  const [id, summary] = names[path];
  const hasBackground = path === '/v1/responses';
  const background = hasBackground ? '; with `background: true`, a response that is `queued`' : '';
  return {
    id,
    method: 'post',
    path,
    tag: 'Batched',
    summary,
    caller: 'tenant',
    parameters: wishHeaders,
    body: bodyNames[path],
    answers: {
      200: {
        description: `The provider's answer${background}.`,
        headers,
        json: hasBackground ? ['Response', 'ProviderAnswer'] : ['ProviderAnswer'],
        events: replay !== null,
      },
      202: {
        description: 'The request goes on without this connection (`Prefer`).',
        headers: [
          'Location',
          'Preference-Applied',
          ...headers.filter((name) => name !== 'Age' && name !== 'Batch-Mode'),
        ],
        json: ['Request'],
      },
    },
    errors: hasBackground ? [...errors, 'conflict'] : errors,
    mayFailAtProvider: true,
    errorHeaders: headers,
  };
}
