import { expect, test } from '@jest/globals';
import { isLoopback } from './is-loopback.ts';

test.each(['localhost', '127.0.0.1', '127.255.0.9', '::1', '::ffff:127.0.0.1'])('%s is loopback', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each(['', '0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', '::ffff:10.0.0.1', 'x127.0.0.1', '1127.0.0.1'])(
  '%s is not',
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);
