import { alignTokens } from './align-tokens.ts';
import { interleave } from './interleave.ts';
import { failChunks, replayChunks } from './replay-chunks.ts';
import { sortChoices } from './sort-choices.ts';
import { splitText } from './split-text.ts';
import { isObject, listOf, type JsonObject, type StreamReplay } from './stream-replay.ts';

/** How `/v1/completions` streams: chunks of the same form as the answer. Source: API reference (completion object). */
export const completionReplay: StreamReplay = {
  answer: (answer, options) => replayChunks(answer, { object: 'text_completion', choices: inChunks }, options),
  failure: failChunks,
};

const inChunks = (choices: unknown): Iterable<JsonObject> => interleave(sortChoices(choices).map(choiceParts));

function* choiceParts({ index, text, logprobs = null, finish_reason, ...rest }: JsonObject) {
  const said = typeof text === 'string' ? text : '';
  let once = rest;
  const part = (more: JsonObject): JsonObject => {
    const whole = { ...once, text: '', index, logprobs: null, finish_reason: null, ...more };
    once = {};
    return whole;
  };
  if (isObject(logprobs)) yield* partsWithTokens(said, logprobs, part);
  else for (const piece of splitText(said)) yield part({ text: piece });
  yield part({ finish_reason: finish_reason ?? null });
}

/** `logprobs` are lists of one length here, one entry a token; each piece has its share of every list. */
function* partsWithTokens(text: string, logprobs: JsonObject, part: (more: JsonObject) => JsonObject) {
  const tokens = listOf(logprobs['tokens']).map((token) => ({ token }));
  for (const { text: piece, from, to } of alignTokens(text, tokens)) {
    const share = Object.entries(logprobs).map(([name, list]): [string, unknown] => [
      name,
      Array.isArray(list) ? list.slice(from, to) : list,
    ]);
    yield part({ text: piece, logprobs: Object.fromEntries(share) });
  }
}
