/** Pieces have this many UTF-16 units at least, the last one excepted. */
const shortest = 64;
/** A text has about this many pieces at most: every one costs its receiver an event. */
const most = 4096;

/** The length that the pieces of a text have, in UTF-16 units; a piece may have one more. */
export const pieceLength = (text: string): number => Math.max(shortest, Math.ceil(text.length / most));

/** The pieces of a text in order; none for an empty text. */
export function* splitText(text: string): Generator<string, undefined> {
  const length = pieceLength(text);
  for (let start = 0; start < text.length;) {
    const cut = start + length;
    const end = partsPair(text, cut) ? cut + 1 : cut;
    yield text.slice(start, end);
    start = end;
  }
}

/** Whether a cut at this index would part the halves of a surrogate pair. */
export function partsPair(text: string, at: number): boolean {
  return isWithin(text.charCodeAt(at - 1), 0xd800, 0xdbff) && isWithin(text.charCodeAt(at), 0xdc00, 0xdfff);
}

const isWithin = (unit: number, first: number, last: number): boolean => unit >= first && unit <= last;
