import { isObject, type JsonObject } from '../json.ts';
import { piecesOf } from './pieces-of.ts';

/** The events that lead to a response: its messages in pieces, its function calls whole. */
export function responseEvents(response: JsonObject): JsonObject[] {
  const output = Array.isArray(response['output']) ? response['output'].filter(isObject) : [];
  const begun = { ...response, status: 'in_progress', completed_at: null, output: [], usage: null };
  const events = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...output.flatMap(itemEvents),
    { type: `response.${String(response['status'])}`, response },
  ];
  return events.map((event, sequence_number) => ({ ...event, sequence_number }));
}

function itemEvents(item: JsonObject, output_index: number): JsonObject[] {
  const inside = item['type'] === 'message' ? messageEvents(item, output_index) : callEvents(item, output_index);
  const empty = item['type'] === 'message' ? { content: [] } : { arguments: '' };
  return [
    { type: 'response.output_item.added', output_index, item: { ...item, ...empty, status: 'in_progress' } },
    ...inside,
    { type: 'response.output_item.done', output_index, item },
  ];
}

function messageEvents({ id: item_id, content }: JsonObject, output_index: number): JsonObject[] {
  const parts = Array.isArray(content) ? content.filter(isObject) : [];
  return parts.flatMap((part, content_index) => {
    const at = { item_id, output_index, content_index };
    const { text } = part;
    return [
      { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
      ...piecesOf(text).map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
      { type: 'response.output_text.done', ...at, text, logprobs: [] },
      { type: 'response.content_part.done', ...at, part },
    ];
  });
}

function callEvents({ id: item_id, name, arguments: given }: JsonObject, output_index: number): JsonObject[] {
  const at = { item_id, output_index };
  return [
    { type: 'response.function_call_arguments.delta', ...at, delta: given },
    { type: 'response.function_call_arguments.done', ...at, name, arguments: given },
  ];
}
