import { jsonWithSource, type RawNumber } from './json-with-source.ts';

/**
 * Up to 15 significant digits and a two-digit exponent survive a double and its shortest form. This finds every text
 * that has a longer number somewhere, and some that only look so; {@link readNumber} then decides for each number.
 */
export const mayLoseDigits = /[\d.]{16}|\d[eE][+-]?\d{3}/;

/** A number, or its text where a double might not hold it. */
export function readNumber(source: string): number | RawNumber {
  const [significand = '', exponent = ''] = source.toLowerCase().split('e');
  const isLong = significand.replace(/[-.]/g, '').length >= 16 || exponent.replace(/[+-]/, '').length >= 3;
  return isLong ? jsonWithSource.rawJSON(source) : Number(source);
}
