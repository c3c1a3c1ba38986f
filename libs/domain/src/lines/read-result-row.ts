import { resultLine, type ResultLine } from '@batch-gpt/contracts';
import { rawMember } from './raw-member.ts';

/** A row of a result file, with the text of its body as the provider sent it. */
export interface ResultRow extends ResultLine {
  readonly bodyText: string | null;
}

const byteOrderMark = /^\uFEFF/;

/** Reads one line of a result file; null when it is no row at all. */
export function readResultRow(line: string): ResultRow | null {
  const text = line.replace(byteOrderMark, '');
  const parsed = resultLine.safeParse(jsonOrNull(text));
  if (!parsed.success) return null;
  return { ...parsed.data, bodyText: parsed.data.response === null ? null : rawMember(text, ['response', 'body']) };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No row: the caller counts it, and its request is missing.
    return null;
  }
}
