import { AppError } from './app-error.ts';

/** Gives an AppError as it is and anything else as `internal_error` that keeps the value as its cause. */
export function toAppError(value: unknown): AppError {
  if (AppError.is(value)) return value;
  return new AppError(
    'internal_error',
    value instanceof Error ? value.message : 'something that is no Error was thrown',
    {
      cause: value,
    },
  );
}
