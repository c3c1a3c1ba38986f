import { z } from 'zod';
import { Secret } from './secret.ts';

/** A whole number's bounds, both included; without `default` the variable is required. */
export interface NumberOptions {
  readonly min?: number;
  readonly max?: number;
  readonly default?: number;
}

/** A variable that holds text; required unless wrapped in `orNull` or given a `.default()`. */
export const text = () => z.string({ error: 'is required' });

/** A variable whose absence means that the feature is absent. */
export const orNull = <S extends z.ZodType>(schema: S) => schema.nullable().default(null);

/** A text that never prints; it may come as a file named by `NAME_FILE` instead. */
export const secret = () => markSecret(text().transform((value) => new Secret(value)));

/** A URL that holds a password: a secret, checked for its form without showing it. */
export const secretUrl = (problemOf: (url: string) => string | null) =>
  markSecret(
    text()
      .superRefine((value, ctx) => check(problemOf(value), ctx))
      .transform((value) => new Secret(value)),
  );

/** A URL without credentials and with one of these protocols (`'https:'`), without its trailing slash. */
export const url = (protocols: readonly string[]) =>
  text()
    .superRefine((value, ctx) => check(problemOfUrl(value, protocols), ctx))
    .transform((value) => value.replace(/\/+$/, ''));

/** One of these words. */
export const oneOf = <const W extends readonly [string, ...string[]]>(words: W) =>
  z.enum(words, { error: ({ input }) => (input === undefined ? 'is required' : `must be one of ${words.join(', ')}`) });

/** on, true, 1 or off, false, 0. */
export const boolFlag = (options: { readonly default?: boolean } = {}): z.ZodType<boolean> => {
  const flag = oneOf(['on', 'off', 'true', 'false', '1', '0']).transform((word) => ['on', 'true', '1'].includes(word));
  return options.default === undefined ? flag : flag.default(options.default);
};

/** A whole number of 1 or more. */
export const positiveInt = (options: NumberOptions = {}) => wholeNumber({ min: 1, ...options }, '');

/** A TCP port; 0 lets the system choose one. */
export const port = (options: Pick<NumberOptions, 'default'> = {}) =>
  wholeNumber({ min: 0, max: 65_535, ...options }, '');

/** A time in milliseconds. */
export const durationMs = (options: NumberOptions = {}) => wholeNumber({ min: 1, ...options }, ' of milliseconds');

/** A time in whole seconds. */
export const durationSeconds = (options: NumberOptions = {}) => wholeNumber({ min: 1, ...options }, ' of seconds');

/** A whole number within the bounds. */
export const int = (options: NumberOptions) => wholeNumber(options, '');

/** Whether every percent sequence of a text stands for something. */
export function decodes(given: string): boolean {
  try {
    decodeURIComponent(given);
    return true;
  } catch {
    // The only thing decodeURIComponent throws is "malformed", and that is the answer.
    return false;
  }
}

const secretSchemas = new WeakSet();

/** Tells whether a variable was declared with `secret` or `secretUrl`, wrapped or not. */
export function isSecretSchema(schema: z.ZodType): boolean {
  if (secretSchemas.has(schema)) return true;
  const wraps = schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault;
  return wraps && isSecretSchema(schema.unwrap() as z.ZodType);
}

function markSecret<S extends z.ZodType>(schema: S): S {
  secretSchemas.add(schema);
  return schema;
}

function wholeNumber(options: NumberOptions, unit: string): z.ZodType<number> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options;
  const upTo = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
  const schema = text().transform((value, ctx) => {
    const number = /^-?\d{1,16}$/.test(value) ? Number(value) : NaN;
    if (number >= min && number <= max) return number;
    check(`must be a whole number${unit}, ${upTo}`, ctx);
    return z.NEVER;
  });
  return options.default === undefined ? schema : schema.default(options.default);
}

function problemOfUrl(given: string, protocols: readonly string[]): string | null {
  const form = `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  const parsed = URL.parse(given);
  if (parsed === null || !protocols.includes(parsed.protocol)) return form;
  return parsed.username === '' && parsed.password === '' ? null : 'must not hold a user name or password';
}

function check(problem: string | null, ctx: z.core.$RefinementCtx): void {
  if (problem !== null) ctx.addIssue({ code: 'custom', message: problem });
}
