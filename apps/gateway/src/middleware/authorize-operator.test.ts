import { expect, test } from '@jest/globals';
import { type Request, type Response } from 'express';
import { authorizeOperator, createOperatorAccess } from './authorize-operator.ts';

/** Whether a call from this address comes through. */
function comesThrough(
  remoteAddress: string | undefined,
  token: string | null,
  sent?: string,
  more: Readonly<Record<string, string>> = {},
): boolean {
  const access = createOperatorAccess(token === null ? null : { reveal: () => token }, null);
  const handler = authorizeOperator(access, token !== null);
  let through = false;
  const req = { socket: { remoteAddress }, headers: { ...more, ...(sent !== undefined && { authorization: sent }) } };
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

test.each([
  ['a proxy', { 'x-forwarded-for': '10.0.0.7' }, false],
  ['a page from elsewhere', { host: '127.0.0.1:8080', origin: 'https://evil.example' }, false],
  ['a page from elsewhere, in a newer browser', { host: 'localhost:8080', 'sec-fetch-site': 'cross-site' }, false],
  ['a page whose name was bent to this machine', { host: 'evil.example', 'sec-fetch-site': 'same-origin' }, false],
  ['another server of this machine', { host: 'localhost:8080', origin: 'http://localhost:3000' }, false],
  ['our own page', { host: 'localhost:8080', 'sec-fetch-site': 'same-origin', origin: 'http://localhost:8080' }, true],
  ['our own page, by its address', { host: '[::1]:8080', origin: 'http://[::1]:8080' }, true],
])('without a token, %s on this machine', (_who, headers, through) => {
  expect(comesThrough('127.0.0.1', null, undefined, headers)).toBe(through);
});
