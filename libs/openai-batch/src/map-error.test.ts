import { describe, expect, it } from '@jest/globals';
import { APIConnectionTimeoutError, APIError } from 'openai';
import { toReadError, toSubmitAnswer } from './map-error.ts';

const mask = (text: string) => text.replaceAll('secret-key', '[redacted]');

function answer(status: number, code: string | null, headers: Record<string, string> = {}, message = 'Something.') {
  const body = { error: { message, type: 'some_type', param: 'model', code } };
  return APIError.generate(status, body, undefined, new Headers(headers));
}

function html(status: number) {
  return APIError.generate(status, undefined, '<html>gone</html>', new Headers());
}

describe('an answer to a call that must not be repeated blindly', () => {
  it.each([
    ['a 500', answer(500, null)],
    ['a 503 that says overloaded', answer(503, 'server_is_overloaded')],
    ['a 408', answer(408, null)],
    ['a 409', answer(409, null)],
    ['a redirect', html(307)],
    ['HTML under 502', html(502)],
    ['HTML under 400', html(400)],
    ['HTML under 401', html(401)],
    ['HTML under 429', html(429)],
    ['another envelope than OpenAI’s', APIError.generate(403, { message: 'Forbidden' }, undefined, new Headers())],
    ['a timeout', new APIConnectionTimeoutError()],
    ['half a JSON text', new SyntaxError('Unexpected end of JSON input')],
    ['no Error at all', 'boom'],
  ])('is doubtful after %s', (_name, thrown) => {
    expect(toSubmitAnswer(thrown, mask)).toMatchObject({ kind: 'doubtful' });
  });

  it('waits after a 429 as long as it is told', () => {
    expect(toSubmitAnswer(answer(429, 'rate_limit_exceeded', { 'retry-after': '7' }), mask)).toMatchObject({
      kind: 'wait',
      retryAfter: 7000,
      cause: { status: 429, code: 'rate_limit_exceeded' },
    });
  });

  it.each([
    [401, 'invalid_api_key'],
    [403, 'unsupported_country_region_territory'],
    [402, null],
    [429, 'insufficient_quota'],
    [429, 'credit_balance_exhausted'],
    [429, 'organization_spend_limit_exceeded'],
    [429, 'project_spend_limit_exceeded'],
    [429, 'organization_usage_limit_exceeded'],
    [429, 'billing_hard_limit_reached'],
    [400, 'billing_hard_limit_reached'],
  ])('parks the account after %i %s, and never shows callers that status as theirs', (status, code) => {
    expect(toSubmitAnswer(answer(status, code), mask)).toMatchObject({
      kind: 'parked',
      cause: { status: 503, code: 'account_parked', message: expect.stringContaining('Something.') },
    });
  });

  it('does not take a plain rate limit for a spent budget', () => {
    expect(toSubmitAnswer(answer(429, 'rate_limit_exceeded'), mask).kind).toBe('wait');
    expect(toSubmitAnswer(answer(429, null), mask).kind).toBe('wait');
  });

  it.each([400, 404, 413, 422])('is refused with the provider’s own words after %i', (status) => {
    expect(toSubmitAnswer(answer(status, 'invalid_value'), mask)).toEqual({
      kind: 'refused',
      cause: { status, code: 'invalid_value', message: 'Something.', param: 'model', type: 'some_type' },
    });
  });

  it('names a refusal that came without a code', () => {
    expect(toSubmitAnswer(answer(400, null), mask)).toMatchObject({ cause: { code: 'provider_refused' } });
  });

  it('keeps credentials out of causes and errors', () => {
    const parked = toSubmitAnswer(answer(401, null, {}, 'Incorrect API key: secret-key'), mask);
    const doubtful = toSubmitAnswer(answer(500, null, {}, 'secret-key'), mask);
    const error = toReadError(answer(500, null, {}, 'secret-key'), mask);

    expect(JSON.stringify([parked, doubtful])).not.toContain('secret-key');
    expect(doubtful.kind === 'doubtful' && doubtful.error.message).toBe('500 [redacted]');
    expect(error?.message).not.toContain('secret-key');
    expect(error?.cause).toMatchObject({ message: '500 [redacted]' });
  });
});

describe('the error of a reading call', () => {
  it('is null for the provider’s own 404 only', () => {
    expect(toReadError(answer(404, null), mask)).toBeNull();
    expect(toReadError(html(404), mask)).toMatchObject({ code: 'provider_unavailable' });
  });

  it('tells a parked account from a provider that is away', () => {
    expect(toReadError(answer(401, 'invalid_api_key'), mask)).toMatchObject({ code: 'account_parked' });
    expect(toReadError(answer(429, 'insufficient_quota'), mask)).toMatchObject({ code: 'account_parked' });
    expect(toReadError(answer(500, null), mask)).toMatchObject({ code: 'provider_unavailable' });
    expect(toReadError(new TypeError('terminated'), mask)).toMatchObject({ code: 'provider_unavailable' });
  });

  it('passes on how long a rate limit lasts', () => {
    const limited = answer(429, 'rate_limit_exceeded', { 'retry-after-ms': '250' });
    expect(toReadError(limited, mask)).toMatchObject({ code: 'provider_unavailable', retryAfterMs: 250 });
  });
});
