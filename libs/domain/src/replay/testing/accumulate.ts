import { isObject, type JsonObject, type StreamEvent } from '../stream-replay.ts';

/** The chunks of a stream that ends as it should. */
export function chunksOf(events: Iterable<StreamEvent>): readonly JsonObject[] {
  const all = [...events];
  const last = all.pop();
  if (last?.data !== '[DONE]') throw new Error('the stream does not end with [DONE]');
  return all.map(({ name, data }) => {
    if (name !== null) throw new Error('chunks have no names');
    return JSON.parse(data) as JsonObject;
  });
}

/**
 * Puts an answer together as SDKs do: texts are appended, objects merged, lists of indexed objects merged by index and
 * other lists appended. Numbers are added up, so that whatever is sent twice is noticed.
 */
export function accumulateChat(chunks: readonly JsonObject[]): JsonObject {
  const choices: Record<string, unknown>[] = [];
  let fields: JsonObject = {};
  for (const { choices: parts, ...rest } of chunks) {
    fields = { ...fields, ...rest };
    for (const part of parts as readonly JsonObject[]) {
      const { index, delta, logprobs, finish_reason, ...more } = part;
      if (typeof index !== 'number' || index > choices.length) throw new Error('choices open in order');
      const before = choices[index];
      choices[index] = {
        ...before,
        ...more,
        index,
        message: merge(before?.['message'] ?? {}, delta),
        logprobs: merge(before?.['logprobs'] ?? null, logprobs),
        finish_reason: finish_reason ?? before?.['finish_reason'] ?? null,
      };
    }
  }
  return { ...fields, object: 'chat.completion', choices: choices.map(withoutCallIndexes) };
}

function merge(before: unknown, delta: unknown): unknown {
  if (delta === null || delta === undefined) return before;
  if (before === null || before === undefined) return delta;
  if (typeof before === 'string' && typeof delta === 'string') return before + delta;
  if (typeof before === 'number' && typeof delta === 'number') return before + delta;
  if (Array.isArray(before) && Array.isArray(delta)) return mergeLists(before, delta);
  if (!isObject(before) || !isObject(delta)) throw new Error('what is neither text nor list may come once only');
  const merged: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(delta)) {
    merged[name] = name === 'index' || !Object.hasOwn(merged, name) ? value : merge(merged[name], value);
  }
  return merged;
}

function mergeLists(before: readonly unknown[], delta: readonly unknown[]): readonly unknown[] {
  const merged = [...before];
  for (const entry of delta) {
    const index = isObject(entry) ? entry['index'] : undefined;
    if (typeof index === 'number' && index < merged.length) merged[index] = merge(merged[index], entry);
    else merged.push(entry);
  }
  return merged;
}

function withoutCallIndexes(choice: JsonObject): JsonObject {
  const { tool_calls, ...message } = choice['message'] as JsonObject;
  if (!Array.isArray(tool_calls)) return choice;
  const calls = (tool_calls as readonly JsonObject[]).map(({ index: _, ...call }) => call);
  return { ...choice, message: { ...message, tool_calls: calls } };
}
