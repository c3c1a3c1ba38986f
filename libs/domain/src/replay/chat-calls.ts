import { splitText } from './split-text.ts';
import { isObject, listOf, objectOf, type JsonObject } from './stream-replay.ts';

/** Where the kinds of tool calls have the text that is streamed. */
const streamedText = { function: 'arguments', custom: 'input' } as const;

/**
 * What the opening delta of a message has of its calls: an only call opens there, where the message says nothing else;
 * several open one by one, and after a text.
 */
export function openCalls({ content, refusal, tool_calls, function_call }: JsonObject): JsonObject {
  if (typeof content === 'string' || typeof refusal === 'string') return {};
  const calls = listOf(tool_calls);
  return {
    ...(calls.length === 1 ? { tool_calls: [openCall(calls[0], 0)] } : {}),
    ...(isObject(function_call) ? { function_call: withoutText(function_call, 'arguments') } : {}),
  };
}

/** The deltas of a message's calls; `opened` is what its opening had of them. */
export function* callDeltas(
  { tool_calls, function_call }: JsonObject,
  opened: JsonObject,
): Generator<JsonObject, undefined> {
  for (const [index, call] of listOf(tool_calls).entries()) {
    if (!('tool_calls' in opened)) yield { tool_calls: [openCall(call, index)] };
    for (const [kind, name] of Object.entries(streamedText)) {
      for (const piece of textOf(objectOf(call)[kind], name)) {
        yield { tool_calls: [{ index, [kind]: { [name]: piece } }] };
      }
    }
  }
  if (!isObject(function_call)) return;
  if (!('function_call' in opened)) yield { function_call: withoutText(function_call, 'arguments') };
  for (const piece of textOf(function_call, 'arguments')) yield { function_call: { arguments: piece } };
}

/** A call before its first piece. What it calls may be of a kind that is not known here: then it is whole. */
function openCall(call: unknown, index: number): JsonObject {
  const opened: Record<string, unknown> = { ...objectOf(call), index };
  for (const [kind, name] of Object.entries(streamedText)) {
    if (isObject(opened[kind])) opened[kind] = withoutText(opened[kind], name);
  }
  return opened;
}

const withoutText = (called: JsonObject, name: string): JsonObject =>
  typeof called[name] === 'string' ? { ...called, [name]: '' } : called;

function textOf(called: unknown, name: string): Iterable<string> {
  const text = objectOf(called)[name];
  return typeof text === 'string' ? splitText(text) : [];
}
