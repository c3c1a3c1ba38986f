import { type AppError } from '@batch-gpt/errors';
import { field } from '../lines/field.ts';
import { checkDelivery } from './check-delivery.ts';
import { checkModel } from './check-model.ts';
import { type Endpoint, type RequestBody } from './endpoint.ts';
import { neverSentFields, unhashedFields } from './fields.ts';
import { emptyList, isAbsent, missing, wrongType } from './refusals.ts';

/** `POST /v1/moderations`: free of charge, so its answers report no usage. */
export const moderations: Endpoint = {
  path: '/v1/moderations',
  // What the API takes where the caller names none; a batch line has to name it. Source: OpenAI API reference.
  defaultModel: 'omni-moderation-latest',
  check: (body) => checkModel(body) ?? checkInput(body) ?? checkDelivery(body, null),
  unhashed: unhashedFields,
  neverSent: neverSentFields,
  countInputs: () => 0,
  bytesPerToken: 3,
  isShareable: () => true,
  isSampled: () => false,
  hasOutputLimit: () => false,
  isComplete: (answer) => Array.isArray(field(answer, 'results')),
  readUsage: () => null,
  replay: null,
};

function checkInput({ input }: RequestBody): AppError | null {
  if (isAbsent(input)) return missing('input');
  if (typeof input === 'string') return null;
  if (!Array.isArray(input)) return wrongType('input', 'a string or an array', input);
  return input.length === 0 ? emptyList('input') : null;
}
