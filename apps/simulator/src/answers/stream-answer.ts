import { type BatchEndpoint } from '../endpoints.ts';
import { isObject, type JsonObject } from '../json.ts';
import { piecesOf } from './pieces-of.ts';
import { responseEvents } from './stream-response.ts';

/** The endpoints that stream; the others refuse `stream: true`. */
const streams: Partial<Readonly<Record<BatchEndpoint, (answer: JsonObject, request: JsonObject) => string[]>>> = {
  '/v1/chat/completions': chatEvents,
  '/v1/completions': completionEvents,
  '/v1/responses': (answer) => responseEvents(answer).map((event) => `event: ${String(event['type'])}\n${data(event)}`),
};

/** A whole answer as the events of a stream (reference, sections 14 and 15); null where the endpoint has none. */
export function streamOf(endpoint: BatchEndpoint, answer: JsonObject, request: JsonObject): readonly string[] | null {
  return streams[endpoint]?.(answer, request) ?? null;
}

const data = (event: JsonObject): string => `data: ${JSON.stringify(event)}\n\n`;
const done = 'data: [DONE]\n\n';

function chatEvents({ choices, usage, ...answer }: JsonObject, request: JsonObject): string[] {
  const chunk = (index: unknown, delta: JsonObject, finish: unknown = null): JsonObject => ({
    ...answer,
    object: 'chat.completion.chunk',
    choices: [{ index, delta, logprobs: null, finish_reason: finish }],
  });
  const events = listOf(choices).flatMap(({ index, message, finish_reason: finish }) => {
    const { content, tool_calls: calls } = isObject(message) ? message : {};
    return [
      chunk(index, { role: 'assistant', content: content === null ? null : '', refusal: null }),
      ...piecesOf(content).map((piece) => chunk(index, { content: piece })),
      ...listOf(calls).map((call, at) => chunk(index, { tool_calls: [{ index: at, ...call }] })),
      chunk(index, {}, finish),
    ];
  });
  const usageChunk = { ...answer, object: 'chat.completion.chunk', choices: [], usage };
  return [...events, ...(wantsUsage(request) ? [usageChunk] : [])].map(data).concat(done);
}

function completionEvents({ choices, usage, ...answer }: JsonObject, request: JsonObject): string[] {
  const events = listOf(choices).flatMap(({ text, ...choice }) => [
    ...piecesOf(text).map((piece) => ({ ...answer, choices: [{ ...choice, text: piece, finish_reason: null }] })),
    { ...answer, choices: [{ ...choice, text: '' }] },
  ]);
  return [...events, ...(wantsUsage(request) ? [{ ...answer, choices: [], usage }] : [])].map(data).concat(done);
}

const wantsUsage = ({ stream_options: options }: JsonObject): boolean =>
  isObject(options) && options['include_usage'] === true;

const listOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
