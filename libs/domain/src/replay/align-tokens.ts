import { objectOf } from './stream-replay.ts';
import { partsPair, pieceLength, splitText } from './split-text.ts';

/** A piece of text, and the tokens from `from` up to `to` that it consists of. */
export interface TokenPiece {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** After so many tokens without a place in the text they are taken to belong to another one. */
const mostUnplaced = 16;
/** Tokens without a text of their own go in lots. */
const lot = 256;

/**
 * Parts a text where its tokens (`{token, bytes}`, the form of `logprobs`) end, so that every piece comes with its own.
 * A token may be a part of a character, so that only several of them spell something. Tokens that do not spell the text
 * follow after it.
 */
export function* alignTokens(text: string, tokens: readonly unknown[]): Generator<TokenPiece, undefined> {
  const length = pieceLength(text);
  let [start, end, from, placed] = [0, 0, 0, 0];
  for (let to = 1; to <= tokens.length && to - placed <= mostUnplaced; to += 1) {
    const size = spelledAt(text, end, tokens.slice(placed, to));
    if (size === null) continue;
    placed = to;
    end += size;
    if (end - start < length || partsPair(text, end)) continue;
    yield { text: text.slice(start, end), from, to };
    [start, from] = [end, to];
  }
  if (end === text.length && placed === tokens.length) {
    if (end > start || placed > from) yield { text: text.slice(start), from, to: placed };
    return;
  }
  for (const piece of splitText(text.slice(start))) yield { text: piece, from, to: from };
  for (; from < tokens.length; from += lot) {
    yield { text: '', from, to: Math.min(from + lot, tokens.length) };
  }
}

/** How much of the text at an index these tokens spell, in UTF-16 units; null when it is not what stands there. */
function spelledAt(text: string, at: number, tokens: readonly unknown[]): number | null {
  const named = tokens.map((token) => String(objectOf(token)['token'])).join('');
  if (text.startsWith(named, at)) return named.length;
  const decoded = decode(tokens.flatMap((token) => objectOf(token)['bytes']));
  return decoded !== null && text.startsWith(decoded, at) ? decoded.length : null;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: readonly unknown[]): string | null {
  if (!bytes.every((byte) => typeof byte === 'number')) return null;
  try {
    return utf8.decode(Uint8Array.from(bytes));
  } catch {
    // Not a whole number of characters yet.
    return null;
  }
}
