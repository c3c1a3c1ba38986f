import { modelName } from '@batch-gpt/contracts';
import { type ErrorCode } from '@batch-gpt/errors';
import { z } from 'zod';

/** Longest model name in its percent-encoded form: it has to fit into a group's id. */
const encodedLimit = 768;

/** Every batch line names its model. */
export const model = modelName
  // Lone surrogates first: percent-encoding throws on them. What is too long already need not be encoded.
  .refine((name) => name.length > encodedLimit || (name.isWellFormed() && encodedLength(name) <= encodedLimit))
  .describe('a model name of 1 to 256 printable characters');

const encodedLength = (name: string): number => encodeURIComponent(name).length;

/** What a list is: in words for the refusal of what is none, and for the document. */
export interface ListOptions {
  readonly type?: string;
  readonly items?: Readonly<Record<string, unknown>>;
  readonly least?: 0 | 1;
}

/** A list that is not looked into: it may have millions of entries, and everybody else would wait meanwhile. */
export function list({ type = 'an array', items = {}, least = 1 }: ListOptions = {}) {
  return z
    .unknown()
    .refine((value) => Array.isArray(value), { abort: true, params: { type } })
    .refine((value) => Array.isArray(value) && value.length >= least)
    .meta({ type: 'array', items, minItems: least });
}

/** For a rule: the code and the words that refuse what breaks it. */
export const refusing = (refusal: ErrorCode, message: string) => ({ params: { refusal }, message });
