import { AppError } from '@batch-gpt/errors';
import { providerBatchLimits } from '../batch-limits.ts';
import { field } from '../lines/field.ts';
import { checkDelivery } from './check-delivery.ts';
import { checkModel } from './check-model.ts';
import { type Endpoint, type RequestBody } from './endpoint.ts';
import { neverSentFields, unhashedFields } from './fields.ts';
import { emptyList, isAbsent, missing, wrongType } from './refusals.ts';
import { readPromptUsage } from './usage.ts';

/** `POST /v1/embeddings`. */
export const embeddings: Endpoint = {
  path: '/v1/embeddings',
  defaultModel: null,
  check: (body) => checkModel(body) ?? checkInput(body) ?? checkDelivery(body, null),
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

function checkInput(body: RequestBody): AppError | null {
  const { input } = body;
  if (isAbsent(input)) return missing('input');
  if (typeof input === 'string') return null;
  if (!Array.isArray(input)) return wrongType('input', 'a string or an array', input);
  if (input.length === 0) return emptyList('input');
  // Such a line fits into no batch at all and would wait for ever.
  return countInputs(body) <= providerBatchLimits.inputs
    ? null
    : new AppError('invalid_value', `Invalid 'input': at most ${providerBatchLimits.inputs} inputs fit into a batch.`, {
        param: 'input',
      });
}
