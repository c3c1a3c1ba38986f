import { field } from '../lines/field.ts';

/** Whether every choice of a completion ended by itself, or at an output limit where there is one (`limited`). */
export function areComplete(answer: unknown, limited: boolean): boolean {
  const choices = field(answer, 'choices');
  if (!Array.isArray(choices) || choices.length === 0) return false;
  const ends = choices.map((choice: unknown) => field(choice, 'finish_reason'));
  return ends.every((end) => typeof end === 'string' && end !== 'content_filter' && (end !== 'length' || limited));
}
