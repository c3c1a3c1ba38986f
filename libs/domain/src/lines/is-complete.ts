import type { BatchEndpoint } from '@batch-gpt/contracts';
import { field } from './field.ts';

/**
 * Whether a 2xx body is the whole answer: not stopped by a content filter, nor cut at an output limit that the caller
 * did not set (`limited`). Source: OpenAI API reference, `finish_reason` and `incomplete_details`.
 */
export function isComplete(endpoint: BatchEndpoint, body: unknown, limited: boolean): boolean {
  switch (endpoint) {
    case '/v1/chat/completions':
      return isCompleteChat(body, limited);
    case '/v1/responses':
      return isCompleteResponse(body, limited);
    case '/v1/embeddings':
      return Array.isArray(field(body, 'data'));
  }
}

function isCompleteChat(body: unknown, limited: boolean): boolean {
  const choices = field(body, 'choices');
  if (!Array.isArray(choices) || choices.length === 0) return false;
  const ends = choices.map((choice: unknown) => field(choice, 'finish_reason'));
  return ends.every((end) => typeof end === 'string' && end !== 'content_filter' && (end !== 'length' || limited));
}

function isCompleteResponse(body: unknown, limited: boolean): boolean {
  const status = field(body, 'status');
  if (status !== 'incomplete') return status === 'completed';
  return limited && field(field(body, 'incomplete_details'), 'reason') === 'max_output_tokens';
}
