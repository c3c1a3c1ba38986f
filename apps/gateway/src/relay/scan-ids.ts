/*
 * Finds the ids in a JSON text that goes by in pieces, without keeping it: an answer may hold images of many megabytes.
 * Only strings of the two outermost levels are looked at, by the path of their names: `id`, `response.id`, `result_files[]`.
 * In a stream of events the first JSON text is that of the first event; around it are no quotes and brackets.
 */

/** Strings of the two outermost levels, by path. */
export type FoundStrings = ReadonlyMap<string, readonly string[]>;

export interface IdScanner {
  /** Reads on; true as soon as the outermost value has ended, after which nothing more is read. */
  push(chunk: Uint8Array): boolean;
  found(): FoundStrings;
}

/** Longer texts are no ids, and are not kept. */
const longest = 256;
/** A bound for answers that repeat a wanted name again and again. */
const mostFound = 1000;
const [quote, backslash, colon, comma] = [0x22, 0x5c, 0x3a, 0x2c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

interface Level {
  readonly isObject: boolean;
  name: string;
  isName: boolean;
}

/** Looks for strings at these paths. */
export function createIdScanner(wanted: ReadonlySet<string>): IdScanner {
  const found = new Map<string, string[]>();
  const levels: Level[] = [];
  let depth = 0;
  let count = 0;
  let ended = false;
  let inString = false;
  let escaped = false;
  let text: number[] = [];

  const endString = () => {
    const level = levels[depth - 1];
    if (level === undefined || text.length > longest) return;
    const value = Buffer.from(text).toString('latin1');
    if (level.isObject && level.isName) level.name = value;
    else if (wanted.has(pathOf(levels)) && count < mostFound) {
      count += 1;
      found.set(pathOf(levels), [...(found.get(pathOf(levels)) ?? []), value]);
    }
  };
  const readInString = (byte: number) => {
    if (escaped) escaped = false;
    else if (byte === backslash) escaped = true;
    else if (byte === quote) {
      inString = false;
      endString();
      return;
    }
    if (depth <= 2 && text.length <= longest) text.push(byte);
  };
  const readOutside = (byte: number) => {
    const level = levels[depth - 1];
    if (byte === quote) {
      inString = true;
      text = [];
    } else if (byte === openBrace || byte === openBracket) {
      depth += 1;
      if (depth <= 2) levels.push({ isObject: byte === openBrace, name: '', isName: true });
    } else if (byte === closeBrace || byte === closeBracket) {
      if (depth <= 2) levels.pop();
      depth -= 1;
      ended = depth <= 0;
    } else if (level !== undefined && byte === colon) level.isName = false;
    else if (level !== undefined && byte === comma) level.isName = true;
  };
  return {
    push: (chunk) => {
      for (const byte of chunk) {
        if (ended) break;
        if (inString) readInString(byte);
        else readOutside(byte);
      }
      return ended;
    },
    found: () => found,
  };
}

/** `a` for a field of the outermost object, `a.b` for one of an object in it, `a[]` for an element of a list in it. */
function pathOf([outer, inner]: readonly Level[]): string {
  if (outer?.isObject !== true) return '';
  if (inner === undefined) return outer.name;
  return inner.isObject ? `${outer.name}.${inner.name}` : `${outer.name}[]`;
}
