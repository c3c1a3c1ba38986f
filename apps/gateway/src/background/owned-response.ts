import { type OwnedId, type Outcome } from '@batch-gpt/domain';
import { parseJson } from '@batch-gpt/hashing';
import { isObject, type JsonObject } from './response-echo.ts';

/** What the text of a background response's id holds. */
export interface ResponseNotes {
  readonly echo: JsonObject;
  /** An outcome of the row answers this response if it is not older, in milliseconds since the epoch. */
  readonly since: number;
  /** The call asked to store nothing: its answer is not kept beyond its row. */
  readonly noStore: boolean;
}

/** How it ended, as its row had it. */
export type KeptOutcome = Pick<Outcome, 'kind' | 'body'>;

/** The parser recurses; what a call or an answer nests was bounded before. */
export const maxDepth = 1000;

export const notesText = (notes: ResponseNotes): string => JSON.stringify(notes);

/** Reads the notes back; numbers of any length stay as the call had them. */
export function readNotes({ id, text }: Pick<OwnedId, 'id' | 'text'>): ResponseNotes {
  const notes = parseJson(text ?? '', { maxDepth });
  if (!isObject(notes) || !isObject(notes['echo']) || typeof notes['since'] !== 'number') {
    throw new Error(`the notes of ${id} cannot be read`);
  }
  return { echo: notes['echo'], since: notes['since'], noStore: notes['noStore'] === true };
}

/** The id under which an answer is kept; no caller can ask for it. */
export const answerId = (id: string): string => `${id}.answer`;

export const keptText = ({ kind, body }: KeptOutcome): string => `{"${kind}":${body}}`;

export function readKept({ id, text }: Pick<OwnedId, 'id' | 'text'>): KeptOutcome {
  for (const kind of ['succeeded', 'failed'] as const) {
    const start = `{"${kind}":`;
    if (text?.startsWith(start) === true) return { kind, body: text.slice(start.length, -1) };
  }
  throw new Error(`the answer kept as ${id} cannot be read`);
}
