import { shownName } from '@batch-gpt/config';
import { type z } from 'zod';

/** One thing that is wrong with the accounts: where, and what; never a value. */
export interface Problem {
  /** Such as `accounts.1.apiKey`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** The parser's findings as problems. */
export function problemsOf(error: z.ZodError): readonly Problem[] {
  return error.issues.map((issue) => ({
    path: issue.path.map((part) => shownName(part, longestPart)).join('.'),
    message: issue.code === 'invalid_key' ? 'is not the name of a model' : issue.message,
  }));
}

/** Parts of a path may be names of models. */
const longestPart = 64;
