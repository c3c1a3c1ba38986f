import { expect } from '@jest/globals';
import { errorEnvelope } from '@batch-gpt/contracts';
import { type RawAnswer } from './speak-raw.ts';

/** Expects a clear refusal: 400 to 499, OpenAI's envelope with its four keys, a request id; gives code and param. */
export function expectRefusal({ status, headers, body }: RawAnswer): {
  readonly code: unknown;
  readonly param: unknown;
} {
  expect({ status, body }).toEqual({ status: expect.any(Number), body: expect.stringMatching(/^\{"error":\{/) });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(headers.get('content-type')).toBe('application/json');
  expect(headers.get('x-request-id')).toMatch(/^[\w-]{1,128}$/);
  expect(headers.get('x-should-retry')).toBe('false');
  const { error } = errorEnvelope.parse(JSON.parse(body));
  expect(Object.keys(error).toSorted()).toEqual(['code', 'message', 'param', 'type']);
  expect(error.message.length).toBeLessThan(1000);
  return { code: error.code, param: error.param };
}
