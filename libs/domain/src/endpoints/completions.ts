import { z } from 'zod';
import { completionReplay } from '../replay/completion-replay.ts';
import { list, model } from './body-fields.ts';
import { checkedBy } from './check-body.ts';
import { areComplete } from './choices.ts';
import { checkStreamOptions, deliveryFields } from './delivery-fields.ts';
import { type Endpoint } from './endpoint.ts';
import { neverSentFields, unhashedFields } from './fields.ts';
import { readPromptUsage } from './usage.ts';
import { isSampled } from './is-sampled.ts';

const schema = z
  .looseObject({
    model,
    // Source: OpenAI API reference.
    prompt: z
      .union([z.string(), list(), z.null()])
      .describe('a text, a list of texts, or tokens; null stands for the beginning of a new document'),
    ...deliveryFields(completionReplay),
  })
  .superRefine(checkStreamOptions);

/** `POST /v1/completions`. */
export const completions: Endpoint = {
  path: '/v1/completions',
  defaultModel: null,
  ...checkedBy(schema),
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
