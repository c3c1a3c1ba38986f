import { z } from 'zod';
import { chatReplay } from '../replay/chat-replay.ts';
import { list, model } from './body-fields.ts';
import { checkedBy } from './check-body.ts';
import { areComplete } from './choices.ts';
import { checkStreamOptions, deliveryFields } from './delivery-fields.ts';
import { type Endpoint, type RequestBody } from './endpoint.ts';
import { neverSentFields, unhashedFields } from './fields.ts';
import { hasAny, offersHostedTool, refersToStored } from './server-state.ts';
import { readPromptUsage } from './usage.ts';
import { isSampled } from './is-sampled.ts';

const schema = z
  .looseObject({
    model,
    messages: list({ type: 'an array of objects', items: { type: 'object' } }).describe('the conversation so far'),
    ...deliveryFields(chatReplay),
  })
  .superRefine(checkStreamOptions);

/** `POST /v1/chat/completions`. */
export const chatCompletions: Endpoint = {
  path: '/v1/chat/completions',
  defaultModel: null,
  ...checkedBy(schema),
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

/** Models like `gpt-4o-search-preview` search before every answer. Source: OpenAI web search guide. */
function searchesTheWeb({ model }: RequestBody): boolean {
  return typeof model === 'string' && /-search-(preview|api)/.test(model);
}
