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
    path: issue.path.map(shownPart).join('.'),
    message: issue.code === 'invalid_key' ? 'is not the name of a model' : issue.message,
  }));
}

// A part may be a text of the file, and that a key in the wrong place.
function shownPart(part: PropertyKey): string {
  const text = String(part);
  return typeof part === 'number' || (/^[\w.:/-]{1,64}$/.test(text) && !text.startsWith('sk-')) ? text : '(not shown)';
}
