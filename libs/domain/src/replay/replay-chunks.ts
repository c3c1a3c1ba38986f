import { type FailedStream, objectOf, type JsonObject, type StreamEvent, type StreamOptions } from './stream-replay.ts';

/** Fields that the provider repeats in every chunk. */
const repeated = ['id', 'object', 'created', 'model', 'service_tier', 'system_fingerprint'] as const;

/** What differs between endpoints that stream chunks. */
export interface ChunkKind {
  /** The `object` of a chunk. */
  readonly object: string;
  /** What the `choices` of an answer are in chunks: one at a time. */
  readonly choices: (choices: unknown) => Iterable<JsonObject>;
}

/**
 * The chunks of an answer: what identifies it in each, whatever else it has in the first; with `includeUsage` a null
 * everywhere and the usage in an extra chunk without choices; then `[DONE]`.
 */
export function* replayChunks(
  answer: unknown,
  { object, choices: inChunks }: ChunkKind,
  { includeUsage }: StreamOptions,
): Generator<StreamEvent, undefined> {
  const { choices, usage = null, ...fields } = objectOf(answer);
  const always: Record<string, unknown> = {};
  for (const name of repeated) if (Object.hasOwn(fields, name)) always[name] = fields[name];
  always['object'] = object;
  let once = Object.fromEntries(Object.entries(fields).filter(([name]) => !repeated.some((one) => one === name)));
  const chunk = (more: JsonObject): StreamEvent => {
    const data = JSON.stringify({ ...always, ...once, ...more });
    once = {};
    return { name: null, data };
  };

  let empty = true;
  for (const choice of inChunks(choices)) {
    empty = false;
    yield chunk({ choices: [choice], ...(includeUsage ? { usage: null } : {}) });
  }
  if (includeUsage) yield chunk({ choices: [], usage });
  else if (empty) yield chunk({ choices: [] });
  yield { name: null, data: '[DONE]' };
}

/** A chunk whose `error` the SDKs throw. No `[DONE]`: this is not the whole answer. */
export function* failChunks({ error }: FailedStream): Generator<StreamEvent, undefined> {
  yield { name: null, data: JSON.stringify({ error }) };
}
