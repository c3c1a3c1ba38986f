import { AppError } from '@batch-gpt/errors';
import { jsonWithSource } from './json-with-source.ts';
import { nestsDeeperThan } from './nesting.ts';

/**
 * Parses a JSON text. Numbers that a double might not hold exactly come back as raw numbers, which `canonicalJson`
 * writes as they were; of duplicate names the last counts. Throws AppError `body_too_deep` or `invalid_json`, whose
 * message quotes nothing of the text.
 */
export function parseJson(text: string, { maxDepth }: { readonly maxDepth: number }): unknown {
  if (nestsDeeperThan(text, maxDepth)) {
    throw new AppError('body_too_deep', `The JSON body nests deeper than ${maxDepth} levels.`);
  }
  try {
    return mayLoseDigits.test(text) ? jsonWithSource.parse(text, keepLongNumbers) : JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the text around the fault, and may not be kept as a cause either.
    throw new AppError('invalid_json', `We could not parse the body of your request as JSON${faultPosition(error)}.`);
  }
}

/**
 * Up to 15 significant digits and a two-digit exponent survive a double and its shortest form. This finds every text
 * that has a longer number somewhere, and some that only look so; `isLong` then decides for each number.
 */
const mayLoseDigits = /[\d.]{16}|\d[eE][+-]?\d{3}/;

function keepLongNumbers(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === 'number' && source !== undefined && isLong(source) ? jsonWithSource.rawJSON(source) : value;
}

function isLong(source: string): boolean {
  const [significand = '', exponent = ''] = source.toLowerCase().split('e');
  return significand.replace(/[-.]/g, '').length >= 16 || exponent.replace(/[+-]/, '').length >= 3;
}

function faultPosition(error: unknown): string {
  const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined ? '' : ` (position ${position})`;
}
