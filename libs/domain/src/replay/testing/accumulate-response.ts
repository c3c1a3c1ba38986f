import { type JsonObject, type StreamEvent } from '../stream-replay.ts';

type Mutable = Record<string, unknown>;

/** The events of a stream whose names and numbers are as they should be. */
export function eventsOf(events: Iterable<StreamEvent>): readonly JsonObject[] {
  return [...events].map(({ name, data }, position) => {
    const event = JSON.parse(data) as JsonObject;
    if (event['type'] !== name || event['sequence_number'] !== position)
      throw new Error(`event ${position} is misnamed`);
    return event;
  });
}

/**
 * Puts the output together from additions and deltas alone, without believing what comes whole at an end; that has to
 * be the same by then.
 */
export function accumulateOutput(events: readonly JsonObject[]): readonly JsonObject[] {
  const output: Mutable[] = [];
  for (const event of events) apply(event, output);
  return output;
}

function apply(event: JsonObject, output: Mutable[]): void {
  const type = String(event['type']).replace('response.', '');
  if (type === 'output_item.added') {
    if (event['output_index'] !== output.length) throw new Error('items open in order');
    output.push({ ...(event['item'] as Mutable) });
    return;
  }
  const item = output[Number(event['output_index'])];
  if (item === undefined) return;
  if (type === 'output_item.done') finish(item, event['item'] as JsonObject);
  else if (event['item_id'] !== item['id']) throw new Error('an event names another item');
  else applyWithin(type, event, item);
}

function applyWithin(type: string, event: JsonObject, item: Mutable): void {
  const parts = item['summary_index' in event ? 'summary' : 'content'] as Mutable[];
  const part = () => parts[Number(event['content_index'] ?? event['summary_index'])] ?? {};
  const [holder, name] = textOf[type] ?? [];
  if (name !== undefined) append(holder === 'item' ? item : part(), name, event['delta']);
  switch (type) {
    case 'content_part.added':
    case 'reasoning_summary_part.added':
      parts.push({ ...(event['part'] as Mutable) });
      break;
    case 'content_part.done':
    case 'reasoning_summary_part.done':
      same(part(), event['part']);
      break;
    case 'output_text.delta':
      part()['logprobs'] = [...(part()['logprobs'] as unknown[]), ...(event['logprobs'] as unknown[])];
      break;
    case 'output_text.annotation.added':
      part()['annotations'] = [...(part()['annotations'] as unknown[]), event['annotation']];
      break;
  }
}

/** Which text a delta belongs to. */
const textOf: Readonly<Record<string, readonly ['item' | 'part', string]>> = {
  'output_text.delta': ['part', 'text'],
  'refusal.delta': ['part', 'refusal'],
  'reasoning_text.delta': ['part', 'text'],
  'reasoning_summary_text.delta': ['part', 'text'],
  'function_call_arguments.delta': ['item', 'arguments'],
  'mcp_call_arguments.delta': ['item', 'arguments'],
  'custom_tool_call_input.delta': ['item', 'input'],
  'code_interpreter_call_code.delta': ['item', 'code'],
};

/** What a hosted tool found comes with the end of its item only. */
const wholeAtTheEnd = ['status', 'results', 'result', 'outputs', 'output', 'error', 'tools'];

function finish(item: Mutable, whole: JsonObject): void {
  for (const name of wholeAtTheEnd) if (Object.hasOwn(whole, name)) item[name] = whole[name];
  same(item, whole);
}

function append(holder: Mutable, name: string, delta: unknown): void {
  holder[name] = String(holder[name]) + String(delta);
}

function same(made: unknown, whole: unknown): void {
  const sorted = (value: unknown) => JSON.stringify(value, (_key, each: unknown) => sortNames(each));
  if (sorted(made) !== sorted(whole)) throw new Error(`${sorted(made)} should be ${sorted(whole)}`);
}

function sortNames(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
