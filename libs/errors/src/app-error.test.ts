import { describe, expect, it } from '@jest/globals';
import { AppError } from './app-error.ts';
import { toAppError } from './to-app-error.ts';

describe('AppError', () => {
  it('carries code, message, details, param, pause and cause', () => {
    const cause = new Error('socket closed');
    const error = new AppError('invalid_value', 'n must be 1.', {
      details: { n: 2 },
      param: 'n',
      retryAfterMs: 7,
      cause,
    });
    expect(error).toMatchObject({ code: 'invalid_value', message: 'n must be 1.', details: { n: 2 }, param: 'n' });
    expect(error).toMatchObject({ name: 'AppError', retryAfterMs: 7, cause });
    expect(error.rule.status).toBe(400);
  });

  it('has empty facts where none were given, and no cause of its own', () => {
    const error = new AppError('conflict', 'No.');
    expect(error).toMatchObject({ details: {}, param: null, retryAfterMs: null });
    expect(Object.hasOwn(error, 'cause')).toBe(false);
  });

  it('is recognised as such, by code where codes are given', () => {
    const error: unknown = new AppError('conflict', 'No.');
    expect(AppError.is(error)).toBe(true);
    expect(AppError.is(error, 'invalid_json', 'conflict')).toBe(true);
    expect(AppError.is(error, 'invalid_json')).toBe(false);
    expect(AppError.is(new Error('conflict'))).toBe(false);
  });
});

describe('toAppError', () => {
  it('gives an AppError as it is', () => {
    const error = new AppError('conflict', 'No.');
    expect(toAppError(error)).toBe(error);
  });

  it.each([[new TypeError('x is undefined')], ['a text'], [undefined], [null]])(
    'turns %p into internal_error and keeps it as the cause',
    (value) => {
      const error = toAppError(value);
      expect(error.code).toBe('internal_error');
      expect(Object.hasOwn(error, 'cause')).toBe(true);
      expect(error.cause).toBe(value);
    },
  );
});
