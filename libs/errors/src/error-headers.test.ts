import { describe, expect, it } from '@jest/globals';
import { AppError } from './app-error.ts';
import { errorHeaders } from './error-headers.ts';

const headersOf = (code: ConstructorParameters<typeof AppError>[0], retryAfterMs?: number) =>
  errorHeaders(new AppError(code, 'x', retryAfterMs === undefined ? {} : { retryAfterMs }));

describe('errorHeaders', () => {
  it.each(['conflict', 'batch_cancelled', 'account_parked', 'internal_error'] as const)(
    'tells SDKs not to repeat %s, although they would by its status',
    (code) => {
      expect(headersOf(code)).toEqual({ 'x-should-retry': 'false' });
    },
  );

  it('tells SDKs to come back at once where the same call is expected to work', () => {
    expect(headersOf('still_processing')).toEqual({
      'x-should-retry': 'true',
      'retry-after-ms': '1000',
      'retry-after': '1',
    });
  });

  it('pauses longer where something has to recover first', () => {
    expect(headersOf('store_unavailable')).toMatchObject({ 'retry-after-ms': '5000', 'retry-after': '5' });
  });

  // field 16
  it.each([
    [1_200, '1200', '2'],
    [0, '0', '0'],
    [-5, '0', '0'],
    [0.4, '0', '0'],
    [3_600_000, '60000', '60'],
  ])('offers a pause of %d ms as what SDKs honour', (given, ms, seconds) => {
    expect(headersOf('provider_unavailable', given)).toMatchObject({ 'retry-after-ms': ms, 'retry-after': seconds });
  });

  it('hands out no pause for what never works', () => {
    expect(headersOf('invalid_json', 1_000)).toEqual({ 'x-should-retry': 'false' });
  });
});
