import { stripVTControlCharacters } from 'node:util';

const mostCharacters = 4000;
const breaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
// Whatever else moves the cursor, hides text or turns its direction: control and format characters, halves of pairs.
const invisible = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

/** Text from outside as it may be shown in a terminal: on one line, nothing in it but what is seen, bounded. */
export function cleanText(text: string): string {
  const line = stripVTControlCharacters(text.slice(0, mostCharacters)).replace(breaks, ' ');
  return line.replace(invisible, '');
}

/** The same value with every text in it cleaned, names of fields included. */
export function cleanStrings<T>(value: T): T {
  return cleaned(value) as T;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [cleanText(name), cleaned(field)]));
}
