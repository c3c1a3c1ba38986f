import { describe, expect, it } from '@jest/globals';
import { AppError } from './app-error.ts';
import { toEnvelope } from './to-envelope.ts';

describe('toEnvelope', () => {
  it('has exactly the four keys of an OpenAI error', () => {
    const error = new AppError('missing_required_parameter', 'Missing required parameter.', { param: 'model' });
    expect(toEnvelope(error)).toEqual({
      error: {
        message: 'Missing required parameter.',
        type: 'invalid_request_error',
        param: 'model',
        code: 'missing_required_parameter',
      },
    });
  });

  it('gives null where no field is at fault', () => {
    expect(toEnvelope(new AppError('invalid_json', 'No JSON.')).error.param).toBeNull();
  });

  it.each(['internal_error', 'config_invalid'] as const)('hides message, param and kind of %s', (code) => {
    const error = new AppError(code, 'user bob at db7', { param: 'inner', details: { host: 'db7' } });
    const text = JSON.stringify(toEnvelope(error));
    expect(text).not.toMatch(/bob|db7|inner|config/);
    expect(toEnvelope(error).error.code).toBe('internal_error');
  });

  it('shows neither details nor cause of any code', () => {
    const error = new AppError('conflict', 'No.', { details: { key: 'k-1' }, cause: new Error('k-2') });
    expect(JSON.stringify(toEnvelope(error))).not.toMatch(/k-[12]/);
  });
});
