import { type AppError } from '@batch-gpt/errors';
import { chatReplay } from '../replay/chat-replay.ts';
import { checkDelivery } from './check-delivery.ts';
import { checkModel } from './check-model.ts';
import { areComplete } from './choices.ts';
import { type Endpoint, type RequestBody } from './endpoint.ts';
import { neverSentFields, unhashedFields } from './fields.ts';
import { emptyList, isAbsent, missing, wrongType } from './refusals.ts';
import { hasAny, offersHostedTool, refersToStored } from './server-state.ts';
import { readPromptUsage } from './usage.ts';
import { isSampled } from './is-sampled.ts';

/** `POST /v1/chat/completions`. */
export const chatCompletions: Endpoint = {
  path: '/v1/chat/completions',
  defaultModel: null,
  check: (body) => checkModel(body) ?? checkMessages(body) ?? checkDelivery(body, chatReplay),
  unhashed: unhashedFields,
  neverSent: neverSentFields,
  countInputs: () => 0,
  bytesPerToken: 3,
  isShareable: (body) =>
    !hasAny(body, 'web_search_options') &&
    !searchesTheWeb(body) &&
    !offersHostedTool(body) &&
    !refersToStored(body['messages']),
  isSampled,
  hasOutputLimit: (body) => hasAny(body, 'max_completion_tokens', 'max_tokens'),
  isComplete: areComplete,
  readUsage: readPromptUsage,
  replay: chatReplay,
};

function checkMessages({ messages }: RequestBody): AppError | null {
  if (isAbsent(messages)) return missing('messages');
  if (!Array.isArray(messages)) return wrongType('messages', 'an array of objects', messages);
  return messages.length === 0 ? emptyList('messages') : null;
}

/** Models like `gpt-4o-search-preview` search before every answer. Source: OpenAI web search guide. */
function searchesTheWeb({ model }: RequestBody): boolean {
  return typeof model === 'string' && /-search-(preview|api)/.test(model);
}
