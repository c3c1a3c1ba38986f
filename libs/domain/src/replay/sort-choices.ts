import { listOf, objectOf, type JsonObject } from './stream-replay.ts';

/** The choices of an answer by their index: accumulators put them together in the order in which they open. */
export function sortChoices(choices: unknown): readonly JsonObject[] {
  const indexed = listOf(choices).map((choice, position): JsonObject => ({ index: position, ...objectOf(choice) }));
  return indexed.sort((a, b) => Number(a['index']) - Number(b['index']));
}
