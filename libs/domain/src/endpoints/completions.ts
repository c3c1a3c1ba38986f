import { type AppError } from '@batch-gpt/errors';
import { completionReplay } from '../replay/completion-replay.ts';
import { checkDelivery } from './check-delivery.ts';
import { checkModel } from './check-model.ts';
import { areComplete } from './choices.ts';
import { type Endpoint, type RequestBody } from './endpoint.ts';
import { neverSentFields, unhashedFields } from './fields.ts';
import { emptyList, missing, wrongType } from './refusals.ts';
import { readPromptUsage } from './usage.ts';
import { isSampled } from './is-sampled.ts';

/** `POST /v1/completions`. */
export const completions: Endpoint = {
  path: '/v1/completions',
  defaultModel: null,
  check: (body) => checkModel(body) ?? checkPrompt(body) ?? checkDelivery(body, completionReplay),
  unhashed: unhashedFields,
  neverSent: neverSentFields,
  countInputs: () => 0,
  bytesPerToken: 3,
  isShareable: () => true,
  isSampled,
  // Without one of the caller's the API's own limit of 16 tokens holds: an answer cut there is the usual one.
  hasOutputLimit: () => true,
  isComplete: areComplete,
  readUsage: readPromptUsage,
  replay: completionReplay,
};

/** Required, but null stands for the beginning of a new document. Source: OpenAI API reference. */
function checkPrompt({ prompt }: RequestBody): AppError | null {
  if (prompt === undefined) return missing('prompt');
  if (prompt === null || typeof prompt === 'string') return null;
  if (!Array.isArray(prompt)) return wrongType('prompt', 'a string or an array', prompt);
  return prompt.length === 0 ? emptyList('prompt') : null;
}
