import { alignTokens } from './align-tokens.ts';
import { emptied, textSteps, type Place, type Step } from './response-step.ts';
import { listOf, objectOf, type JsonObject } from './stream-replay.ts';

/** The parts of a message, one after another. */
export function* messageSteps({ content }: JsonObject, place: Place): Generator<Step, undefined> {
  for (const [index, part] of listOf(content).entries())
    yield* partSteps(objectOf(part), { ...place, content_index: index });
}

/** A model's reasoning: what it says of it, then the text itself where the model shows it. */
export function* reasoningSteps({ summary, content }: JsonObject, place: Place): Generator<Step, undefined> {
  for (const [index, each] of listOf(summary).entries()) {
    const part = objectOf(each);
    const at = { ...place, summary_index: index };
    const event = 'response.reasoning_summary';
    yield { type: `${event}_part.added`, ...at, part: emptied(part, { text: '' }) };
    yield* textSteps(part['text'], 'text', `${event}_text`, at);
    yield { type: `${event}_part.done`, ...at, part };
  }
  yield* messageSteps({ content }, place);
}

/** A part of a type that is not known here is added and done. */
function* partSteps(part: JsonObject, place: Place): Generator<Step, undefined> {
  yield {
    type: 'response.content_part.added',
    ...place,
    part: emptied(part, { text: '', refusal: '', annotations: [], logprobs: [] }),
  };
  switch (part['type']) {
    case 'output_text':
      yield* outputTextSteps(part, place);
      break;
    case 'refusal':
      yield* textSteps(part['refusal'], 'refusal', 'response.refusal', place);
      break;
    case 'reasoning_text':
      yield* textSteps(part['text'], 'text', 'response.reasoning_text', place);
      break;
  }
  yield { type: 'response.content_part.done', ...place, part };
}

function* outputTextSteps(part: JsonObject, place: Place): Generator<Step, undefined> {
  const text = typeof part['text'] === 'string' ? part['text'] : '';
  const logprobs = listOf(part['logprobs']);
  const type = 'response.output_text';
  for (const { text: delta, from, to } of alignTokens(text, logprobs)) {
    yield { type: `${type}.delta`, ...place, delta, logprobs: logprobs.slice(from, to) };
  }
  for (const [index, annotation] of listOf(part['annotations']).entries()) {
    yield { type: `${type}.annotation.added`, ...place, annotation_index: index, annotation };
  }
  yield { type: `${type}.done`, ...place, text, logprobs };
}
