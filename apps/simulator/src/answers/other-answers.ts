import { isObject, type JsonObject } from '../json.ts';
import { type RequestFacts } from './request-facts.ts';
import { limitTokens, tokensIn, type Usage } from './usage.ts';

interface Answer {
  readonly body: JsonObject;
  readonly usage: Usage;
}

const spent = (input: number, output: number): Usage => ({ input, cached: 0, output, reasoning: 0 });

/** Tokens of a text completion whose caller names no limit (OpenAI API reference). */
const usualLimit = 16;

/** A legacy text completion: `n` choices for every prompt. */
export function completionAnswer(facts: RequestFacts): Answer {
  const prompt = facts.body['prompt'];
  const prompts = Array.isArray(prompt) && typeof prompt[0] === 'string' ? prompt.length : 1;
  const count = prompts * (typeof facts.body['n'] === 'number' ? facts.body['n'] : 1);
  const texts = Array.from({ length: count }, (_, index) =>
    limitTokens(index === 0 ? facts.text : `${facts.text} (choice ${index})`, facts.body['max_tokens'] ?? usualLimit),
  );
  const usage = spent(
    facts.inputTokens,
    texts.reduce((sum, { text }) => sum + tokensIn(text), 0),
  );
  const choices = texts.map(({ text, cut }, index) => ({
    text,
    index,
    logprobs: null,
    finish_reason: facts.marker === 'content_filter' ? 'content_filter' : cut ? 'length' : 'stop',
  }));
  return {
    usage,
    body: {
      id: `cmpl-${facts.hash.slice(0, 29)}`,
      object: 'text_completion',
      created: facts.createdAt,
      model: facts.model,
      choices,
      usage: {
        prompt_tokens: usage.input,
        completion_tokens: usage.output,
        total_tokens: usage.input + usage.output,
      },
    },
  };
}

const categories = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/intent',
  'self-harm/instructions',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
];

/** A moderation: a text with the word "violence" is flagged, everything else is not; an array of parts is one input. */
export function moderationAnswer(facts: RequestFacts): Answer {
  const input = facts.body['input'];
  const inputs: unknown[] = Array.isArray(input) && !isObject(input[0]) ? input : [input];
  return {
    usage: spent(0, 0),
    body: { id: `modr-${facts.hash.slice(0, 29)}`, model: facts.model, results: inputs.map(moderated) },
  };
}

function moderated(input: unknown): JsonObject {
  const flagged = JSON.stringify(input).toLowerCase().includes('violence');
  const each = (value: (name: string) => unknown): JsonObject =>
    Object.fromEntries(categories.map((name) => [name, value(name)]));
  const bites = (name: string): boolean => flagged && name === 'violence';
  return {
    flagged,
    categories: each(bites),
    category_scores: each((name) => (bites(name) ? 0.98 : 0.0001)),
    category_applied_input_types: each(() => ['text']),
  };
}

/** Images whose bytes are the echo text, not a picture: enough to tell whose answer it is; or links to nowhere. */
export function imageAnswer(facts: RequestFacts): Answer {
  const count = typeof facts.body['n'] === 'number' ? facts.body['n'] : 1;
  const asLinks = facts.body['response_format'] === 'url';
  const data = Array.from({ length: count }, (_, index) =>
    asLinks
      ? { url: `https://images.invalid/${facts.hash}-${index}.png` }
      : { b64_json: Buffer.from(`${facts.text} (image ${index})`).toString('base64') },
  );
  const usage = spent(facts.inputTokens, 272 * count);
  const total = usage.input + usage.output;
  return {
    usage,
    body: {
      created: facts.createdAt,
      background: facts.body['background'] === 'transparent' ? 'transparent' : 'opaque',
      data,
      output_format: 'png',
      quality: 'low',
      size: '1024x1024',
      usage: {
        input_tokens: usage.input,
        input_tokens_details: { image_tokens: 0, text_tokens: usage.input },
        output_tokens: usage.output,
        total_tokens: total,
      },
    },
  };
}
