import { type AppError } from '@batch-gpt/errors';
import { field } from '../lines/field.ts';
import { responseReplay } from '../replay/response-replay.ts';
import { checkBackgroundDelivery } from './check-delivery.ts';
import { checkModel } from './check-model.ts';
import { type Endpoint, type RequestBody } from './endpoint.ts';
import { neverSentFields, unhashedFields } from './fields.ts';
import { isAbsent, missing, wrongType } from './refusals.ts';
import { hasAny, offersHostedTool, refersToStored } from './server-state.ts';
import { readInputUsage } from './usage.ts';
import { isSampled } from './is-sampled.ts';

/** What may stand in for `input`, and makes the answer depend on what the provider has stored. */
const storedInputs = ['prompt', 'previous_response_id', 'conversation'] as const;

/** `POST /v1/responses`. */
export const responses: Endpoint = {
  path: '/v1/responses',
  defaultModel: null,
  check: (body) => checkModel(body) ?? checkInput(body) ?? checkBackgroundDelivery(body, responseReplay),
  unhashed: unhashedFields,
  neverSent: neverSentFields,
  countInputs: () => 0,
  bytesPerToken: 3,
  isShareable: (body) => !hasAny(body, ...storedInputs) && !offersHostedTool(body) && !refersToStored(body['input']),
  isSampled,
  hasOutputLimit: (body) => hasAny(body, 'max_output_tokens'),
  isComplete,
  readUsage: readInputUsage,
  replay: responseReplay,
};

function checkInput(body: RequestBody): AppError | null {
  const { input } = body;
  if (isAbsent(input)) return hasAny(body, ...storedInputs) ? null : missing('input');
  return typeof input === 'string' || Array.isArray(input) ? null : wrongType('input', 'a string or an array', input);
}

/** Source: OpenAI API reference, `status` and `incomplete_details`. */
function isComplete(answer: unknown, limited: boolean): boolean {
  const status = field(answer, 'status');
  if (status !== 'incomplete') return status === 'completed';
  return limited && field(field(answer, 'incomplete_details'), 'reason') === 'max_output_tokens';
}
