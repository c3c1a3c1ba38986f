import { AppError } from '@batch-gpt/errors';
import { jsonTypeName } from './json-type-name.ts';

/** A required field is absent, in OpenAI's words. */
export const missing = (param: string): AppError =>
  new AppError('missing_required_parameter', `Missing required parameter: '${param}'.`, { param });

/** A field has another type than the expected one, which reads like `an array of objects`. */
export const wrongType = (param: string, expected: string, value: unknown): AppError =>
  new AppError(
    'invalid_type',
    `Invalid type for '${param}': expected ${expected}, but got ${jsonTypeName(value)} instead.`,
    {
      param,
    },
  );

/** A list is empty that needs an entry. */
export const emptyList = (param: string): AppError =>
  new AppError('invalid_value', `Invalid '${param}': empty array. Expected an array with minimum length 1.`, { param });

export const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;
