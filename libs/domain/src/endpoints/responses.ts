import { z } from 'zod';
import { field } from '../lines/field.ts';
import { responseReplay } from '../replay/response-replay.ts';
import { list, model } from './body-fields.ts';
import { checkedBy } from './check-body.ts';
import { backgroundFields, checkBackground, checkStreamOptions } from './delivery-fields.ts';
import { type Endpoint } from './endpoint.ts';
import { neverSentFields, unhashedFields } from './fields.ts';
import { isAbsent } from './refusals.ts';
import { hasAny, offersHostedTool, referencedItems, refersToStored } from './server-state.ts';
import { readInputUsage } from './usage.ts';
import { isSampled } from './is-sampled.ts';

/** What may stand in for `input`, and makes the answer depend on what the provider has stored. */
const storedInputs = ['prompt', 'previous_response_id', 'conversation'] as const;

const stored = z.unknown().optional();

const schema = z
  .looseObject({
    model,
    input: z
      .union([z.string(), list({ least: 0 })])
      .nullish()
      .describe(
        `a text, or a list of items; ${storedInputs.map((name) => `\`${name}\``).join(' or ')} may stand in for it`,
      ),
    prompt: stored.describe('a template that is stored at the provider'),
    previous_response_id: stored.describe('the response to go on from, of the background here or of the provider'),
    conversation: stored.describe('a conversation that is stored at the provider'),
    ...backgroundFields(responseReplay),
  })
  .superRefine((body, ctx) => {
    if (isAbsent(body.input) && !hasAny(body, ...storedInputs)) ctx.addIssue({ code: 'custom', path: ['input'] });
    checkStreamOptions(body, ctx);
    checkBackground(body, ctx);
  })
  .meta({
    anyOf: ['input', ...storedInputs].map((name) => ({
      required: [name],
      properties: { [name]: { not: { type: 'null' } } },
    })),
  });

/** `POST /v1/responses`. */
export const responses: Endpoint = {
  path: '/v1/responses',
  defaultModel: null,
  ...checkedBy(schema),
  unhashed: unhashedFields,
  neverSent: neverSentFields,
  countInputs: () => 0,
  bytesPerToken: 3,
  isShareable: (body) =>
    !hasAny(body, ...storedInputs) &&
    !offersHostedTool(body) &&
    !refersToStored(body['input']) &&
    referencedItems(body).length === 0,
  isSampled,
  hasOutputLimit: (body) => hasAny(body, 'max_output_tokens'),
  isComplete,
  readUsage: readInputUsage,
  replay: responseReplay,
};

/** Source: OpenAI API reference, `status` and `incomplete_details`. */
function isComplete(answer: unknown, limited: boolean): boolean {
  const status = field(answer, 'status');
  if (status !== 'incomplete') return status === 'completed';
  return limited && field(field(answer, 'incomplete_details'), 'reason') === 'max_output_tokens';
}
