import { alignTokens } from './align-tokens.ts';
import { callDeltas, openCalls } from './chat-calls.ts';
import { interleave } from './interleave.ts';
import { failChunks, replayChunks } from './replay-chunks.ts';
import { sortChoices } from './sort-choices.ts';
import { splitText } from './split-text.ts';
import { isObject, listOf, objectOf, type JsonObject, type StreamReplay } from './stream-replay.ts';

/** How `/v1/chat/completions` streams. Source: API reference and recorded streams (chat completion chunk object). */
export const chatReplay: StreamReplay = {
  answer: (answer, options) => replayChunks(answer, { object: 'chat.completion.chunk', choices: inChunks }, options),
  failure: failChunks,
};

const inChunks = (choices: unknown): Iterable<JsonObject> => interleave(sortChoices(choices).map(choiceParts));

/** One choice: its opening, the pieces of its message, and its end. */
function* choiceParts(choice: JsonObject): Generator<JsonObject, undefined> {
  const { index, message, logprobs = null, finish_reason, ...rest } = choice;
  const { role = 'assistant', ...said } = objectOf(message);
  const part = (delta: JsonObject, probabilities: unknown = null): JsonObject => {
    return { index, delta, logprobs: probabilities, finish_reason: null };
  };

  const opened = openCalls(said);
  const opening = { role, content: begin(said['content']), refusal: begin(said['refusal']), ...opened };
  yield { ...rest, ...part(opening, openLogprobs(logprobs)) };
  for (const kind of ['content', 'refusal'] as const) {
    for (const { text, tokens } of textParts(said[kind], objectOf(logprobs)[kind])) {
      yield part(text === '' ? {} : { [kind]: text }, tokens === null ? null : { ...noTokens, [kind]: tokens });
    }
  }
  for (const delta of audioDeltas(said['audio'])) yield part(delta);
  for (const delta of callDeltas(said, opened)) yield part(delta);
  const others = otherFields(said);
  if (Object.keys(others).length > 0) yield part(others);
  yield { ...part({}), finish_reason: finish_reason ?? null };
}

const noTokens = { content: null, refusal: null };

/** What stands for a text before its first piece. */
const begin = (text: unknown): string | null => (typeof text === 'string' ? '' : null);

function openLogprobs(logprobs: unknown): unknown {
  if (!isObject(logprobs)) return logprobs;
  const { content = null, refusal = null, ...rest } = logprobs;
  return { content: Array.isArray(content) ? [] : content, refusal: Array.isArray(refusal) ? [] : refusal, ...rest };
}

interface TextPart {
  readonly text: string;
  readonly tokens: readonly unknown[] | null;
}

function* textParts(said: unknown, tokens: unknown): Generator<TextPart, undefined> {
  const text = typeof said === 'string' ? said : '';
  if (Array.isArray(tokens)) {
    for (const piece of alignTokens(text, tokens)) {
      yield { text: piece.text, tokens: listOf(tokens).slice(piece.from, piece.to) };
    }
    return;
  }
  for (const piece of splitText(text)) yield { text: piece, tokens: null };
}

/** The id opens a spoken answer, its expiry ends it. */
function* audioDeltas(audio: unknown): Generator<JsonObject, undefined> {
  if (!isObject(audio)) return;
  const { data, transcript, expires_at, ...rest } = audio;
  if (Object.keys(rest).length > 0) yield { audio: rest };
  for (const [name, text] of Object.entries({ transcript, data })) {
    if (typeof text === 'string') for (const piece of splitText(text)) yield { audio: { [name]: piece } };
    else if (text !== undefined) yield { audio: { [name]: text } };
  }
  if (expires_at !== undefined) yield { audio: { expires_at } };
}

/** Annotations and whatever else a message has, whole and once. */
function otherFields(said: JsonObject): JsonObject {
  const { content, refusal, audio, tool_calls, function_call, ...others } = said;
  return {
    ...others,
    ...(typeof content === 'string' || isNone(content) ? {} : { content }),
    ...(typeof refusal === 'string' || isNone(refusal) ? {} : { refusal }),
    ...(isObject(audio) || audio === undefined ? {} : { audio }),
    ...(listOf(tool_calls).length > 0 || tool_calls === undefined ? {} : { tool_calls }),
    ...(isObject(function_call) || function_call === undefined ? {} : { function_call }),
  };
}

const isNone = (value: unknown): value is null | undefined => value === null || value === undefined;
