import { splitText } from './split-text.ts';
import { type JsonObject } from './stream-replay.ts';

/** An event of a response before it is numbered. */
export interface Step extends JsonObject {
  readonly type: string;
}

/** Where something stands in a response: its item, and its place within that. */
export interface Place extends JsonObject {
  readonly item_id: string;
  readonly output_index: number;
}

/** A text in deltas, then whole under its name. */
export function* textSteps(text: unknown, name: string, event: string, place: Place): Generator<Step, undefined> {
  if (typeof text !== 'string') return;
  for (const delta of splitText(text)) yield { type: `${event}.delta`, ...place, delta };
  yield { type: `${event}.done`, ...place, [name]: text };
}

/** What stands for something before it arrives: only what it will have is there, and empty. */
export function emptied(whole: JsonObject, empty: JsonObject): JsonObject {
  return { ...whole, ...Object.fromEntries(Object.entries(empty).filter(([name]) => Object.hasOwn(whole, name))) };
}
