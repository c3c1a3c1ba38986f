import { AppError } from '@batch-gpt/errors';
import { hasEscapedName, readValidJson } from './escaped-names.ts';
import { jsonWithSource } from './json-with-source.ts';
import { nestsDeeperThan } from './nesting.ts';
import { mayLoseDigits, readNumber } from './numbers.ts';

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
    return parseValid(text);
  } catch (error) {
    // The parser's own message quotes the text around the fault, and may not be kept as a cause either.
    throw new AppError('invalid_json', `We could not parse the body of your request as JSON${faultPosition(error)}.`);
  }
}

function parseValid(text: string): unknown {
  const value: unknown = mayLoseDigits.test(text) ? jsonWithSource.parse(text, keepLongNumbers) : JSON.parse(text);
  return hasEscapedName(text) ? readValidJson(text) : value;
}

function keepLongNumbers(_name: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === 'number' && source !== undefined ? readNumber(source) : value;
}

function faultPosition(error: unknown): string {
  const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined ? '' : ` (position ${position})`;
}
