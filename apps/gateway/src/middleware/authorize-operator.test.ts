import { expect, test } from '@jest/globals';
import { type Request, type Response } from 'express';
import { authorizeOperator } from './authorize-operator.ts';

/** Whether a call from this address comes through. */
function comesThrough(remoteAddress: string | undefined, token: string | null, sent?: string): boolean {
  const handler = authorizeOperator(token === null ? null : { reveal: () => token });
  let through = false;
  const req = { socket: { remoteAddress }, headers: sent === undefined ? {} : { authorization: sent } };
  try {
    void handler(req as unknown as Request, { setHeader: () => undefined } as unknown as Response, () => {
      through = true;
    });
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid_admin_token' });
  }
  return through;
}

test('without a token: this machine only', () => {
  expect(comesThrough('127.0.0.1', null)).toBe(true);
  expect(comesThrough('::1', null)).toBe(true);
  expect(comesThrough('::ffff:127.0.0.1', null)).toBe(true);
  expect(comesThrough('10.0.0.7', null)).toBe(false);
  expect(comesThrough('::ffff:10.0.0.7', null)).toBe(false);
  expect(comesThrough(undefined, null)).toBe(false);
  expect(comesThrough('10.0.0.7', null, 'Bearer ')).toBe(false);
});

test('with a token: whoever sends it, from anywhere, and nobody else', () => {
  expect(comesThrough('10.0.0.7', 'a-long-enough-token', 'Bearer a-long-enough-token')).toBe(true);
  expect(comesThrough('10.0.0.7', 'a-long-enough-token', 'bearer  a-long-enough-token')).toBe(true);
  expect(comesThrough('127.0.0.1', 'a-long-enough-token')).toBe(false);
  expect(comesThrough('127.0.0.1', 'a-long-enough-token', 'Bearer another-long-token')).toBe(false);
});
