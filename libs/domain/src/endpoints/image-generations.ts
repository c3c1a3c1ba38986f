import { z } from 'zod';
import { field } from '../lines/field.ts';
import { type Usage } from '../outcome.ts';
import { model } from './body-fields.ts';
import { checkedBy } from './check-body.ts';
import { pictureFields } from './delivery-fields.ts';
import { type Endpoint } from './endpoint.ts';
import { neverSentFields, unhashedFields } from './fields.ts';
import { readInputUsage } from './usage.ts';

/** Here `background` is what the picture stands before (`transparent`, `opaque`), not a way of delivery. */
const ofThePicture: ReadonlySet<string> = new Set(['background']);

const schema = z.looseObject({
  model,
  prompt: z.string().describe('what the picture is to show'),
  ...pictureFields,
});

/** `POST /v1/images/generations`. */
export const imageGenerations: Endpoint = {
  path: '/v1/images/generations',
  // The API asks to name one: its own choice has changed with every generation. Source: OpenAI API reference.
  defaultModel: null,
  ...checkedBy(schema),
  unhashed: unhashedFields.difference(ofThePicture),
  neverSent: neverSentFields.difference(ofThePicture),
  countInputs: () => 0,
  bytesPerToken: 3,
  isShareable: () => true,
  isSampled: () => true,
  hasOutputLimit: () => false,
  isComplete,
  readUsage: (answer) => add(readInputUsage(answer), readInputUsage({ usage: field(answer, 'svg_usage') })),
  replay: null,
};

/** Whether the answer holds its pictures: a link to one is dead an hour after it was made. Source: OpenAI image guide. */
function isComplete(answer: unknown): boolean {
  const images = field(answer, 'data');
  if (!Array.isArray(images) || images.length === 0) return false;
  return images.every((image: unknown) => typeof field(image, 'b64_json') === 'string');
}

/** Drawing and, for SVG, the writing of it are reported apart. */
function add(drawing: Usage | null, writing: Usage | null): Usage | null {
  if (drawing === null || writing === null) return drawing ?? writing;
  return {
    inputTokens: drawing.inputTokens + writing.inputTokens,
    outputTokens: drawing.outputTokens + writing.outputTokens,
    cachedTokens: drawing.cachedTokens + writing.cachedTokens,
    totalTokens: drawing.totalTokens + writing.totalTokens,
  };
}
