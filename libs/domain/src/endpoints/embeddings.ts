import { z } from 'zod';
import { providerBatchLimits } from '../batch-limits.ts';
import { field } from '../lines/field.ts';
import { list, model, refusing } from './body-fields.ts';
import { checkedBy } from './check-body.ts';
import { deliveryFields } from './delivery-fields.ts';
import { type Endpoint, type RequestBody } from './endpoint.ts';
import { neverSentFields, unhashedFields } from './fields.ts';
import { readPromptUsage } from './usage.ts';

const mostInputs = providerBatchLimits.inputs;

const schema = z.looseObject({
  model,
  input: z
    .union([z.string(), list()])
    // Such a line fits into no batch at all and would wait for ever.
    .refine(
      (input) => countInputs({ input }) <= mostInputs,
      refusing('invalid_value', `Invalid 'input': at most ${mostInputs} inputs fit into a batch.`),
    )
    .describe(`a text, tokens, or a list of either; at most ${mostInputs} inputs`),
  ...deliveryFields(null),
});

/** `POST /v1/embeddings`. */
export const embeddings: Endpoint = {
  path: '/v1/embeddings',
  defaultModel: null,
  ...checkedBy(schema),
  unhashed: unhashedFields,
  neverSent: neverSentFields,
  countInputs,
  bytesPerToken: 4,
  isShareable: () => true,
  isSampled: () => false,
  hasOutputLimit: () => false,
  isComplete: (answer) => Array.isArray(field(answer, 'data')),
  readUsage: readPromptUsage,
  replay: null,
};

/** A text or one list of tokens is one input; a list of texts or of token lists has one for each entry. */
function countInputs({ input }: RequestBody): number {
  if (!Array.isArray(input)) return 1;
  const first: unknown = input[0];
  return typeof first === 'string' || Array.isArray(first) ? input.length : 1;
}
