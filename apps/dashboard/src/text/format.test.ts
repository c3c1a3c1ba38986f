import { expect, it } from '@jest/globals';
import {
  eventName,
  eventOwner,
  formatBytes,
  formatCount,
  formatDollars,
  formatRate,
  formatShare,
  isoOf,
  shortId,
} from './format.ts';

it.each([
  [formatCount(1_234_567), '1,234,567'],
  [formatDollars(12.4), '$12.40'],
  [formatDollars(0.0031), '$0.0031'],
  [formatDollars(-3), '−$3.00'],
  [formatDollars(0), '$0.00'],
  [formatDollars(null), 'unknown'],
  [formatRate(3.21), '3.2/min'],
  [formatRate(1234.4), '1,234/min'],
  [formatRate(null), '–'],
  [formatShare(0.666), '67%'],
  [formatBytes(999), '999 B'],
  [formatBytes(1234), '1.2 kB'],
  [formatBytes(190_000_000), '190.0 MB'],
  [isoOf(0), '1970-01-01T00:00:00.000Z'],
  [shortId('batch_0123456789abcdef'), '0123456789ab…'],
  [shortId('short'), 'short'],
  [eventName('provider.in_progress'), 'in progress'],
  [eventOwner('provider.in_progress'), 'provider'],
  [eventOwner('batch.claimed'), 'batch'],
  [eventOwner('accepted'), 'request'],
])('%s', (given, expected) => {
  expect(given).toBe(expected);
});
