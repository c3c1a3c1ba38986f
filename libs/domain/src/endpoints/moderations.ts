import { z } from 'zod';
import { field } from '../lines/field.ts';
import { list, model } from './body-fields.ts';
import { checkedBy } from './check-body.ts';
import { deliveryFields } from './delivery-fields.ts';
import { type Endpoint } from './endpoint.ts';
import { neverSentFields, unhashedFields } from './fields.ts';

const schema = z.looseObject({
  model,
  input: z.union([z.string(), list()]).describe('a text, a list of texts, or a list of parts: texts and images'),
  ...deliveryFields(null),
});

/** `POST /v1/moderations`: free of charge, so its answers report no usage. */
export const moderations: Endpoint = {
  path: '/v1/moderations',
  // What the API takes where the caller names none; a batch line has to name it. Source: OpenAI API reference.
  defaultModel: 'omni-moderation-latest',
  ...checkedBy(schema),
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
