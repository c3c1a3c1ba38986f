/*
 * Finds the text of a value inside a JSON text that `JSON.parse` has accepted, so that an answer is stored as it was
 * sent: numbers of any length, escapes and order included. Strings and brackets are all that has to be understood.
 */

/** The source text of the value at `path` of objects, or null where it is not. Of repeated keys the last counts. */
export function rawMember(json: string, path: readonly string[]): string | null {
  const span = path.reduce<Span | null>((within, key) => within && memberSpan(json, within, key), {
    start: 0,
    end: json.length,
  });
  return span && json.slice(span.start, span.end);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function memberSpan(json: string, within: Span, wanted: string): Span | null {
  let at = skipBlank(json, within.start);
  if (json[at] !== '{') return null;
  let found: Span | null = null;
  at = skipBlank(json, at + 1);
  while (at < within.end && json[at] === '"') {
    const keyEnd = stringEnd(json, at);
    const start = skipBlank(json, skipBlank(json, keyEnd) + 1);
    const end = valueEnd(json, start);
    if (JSON.parse(json.slice(at, keyEnd)) === wanted) found = { start, end };
    at = skipBlank(json, end);
    if (json[at] !== ',') break;
    at = skipBlank(json, at + 1);
  }
  return found;
}

function valueEnd(json: string, start: number): number {
  if (json[start] === '"') return stringEnd(json, start);
  if (json[start] === '{' || json[start] === '[') return nestedEnd(json, start);
  return seek(afterScalar, json, start);
}

function nestedEnd(json: string, start: number): number {
  let depth = 0;
  let at = start;
  for (;;) {
    at = seek(quoteOrBracket, json, at);
    const found = json[at];
    if (found === undefined) return at;
    if (found === '"') {
      at = stringEnd(json, at);
      continue;
    }
    depth += found === '{' || found === '[' ? 1 : -1;
    at += 1;
    if (depth === 0) return at;
  }
}

/** The index after the closing quote of the string that opens at `start`. */
function stringEnd(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); ; quote = json.indexOf('"', quote + 1)) {
    if (quote === -1) return json.length;
    let backslashes = 0;
    while (json[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
}

const quoteOrBracket = /["{}[\]]/g;
const afterScalar = /[,}\]\s]/g;
const notBlank = /[^ \t\r\n]/g;

function skipBlank(json: string, at: number): number {
  return seek(notBlank, json, at);
}

function seek(pattern: RegExp, json: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(json)?.index ?? json.length;
}
