import { resultLine, type ResultLine } from '@batch-gpt/contracts';
import { rawMember } from './raw-member.ts';
import { usualBody } from './usual-body.ts';

/** A row of a result file, with the text of its body as the provider sent it. */
export interface ResultRow extends ResultLine {
  readonly bodyText: string | null;
}

const byteOrderMark = /^\uFEFF/;

/** Reads one line of a result file; null when it is no row at all. */
export function readResultRow(line: string): ResultRow | null {
  const text = line.replace(byteOrderMark, '');
  return readUsualRow(text) ?? readAnyRow(text);
}

function readUsualRow(text: string): ResultRow | null {
  const span = usualBody(text);
  if (span === null) return null;
  const bodyText = text.slice(span.start, span.end);
  const body = jsonOrUndefined(bodyText);
  if (body === undefined) return null;
  const frame = resultLine.safeParse(jsonOrUndefined(`${text.slice(0, span.start)}null${text.slice(span.end)}`));
  if (!frame.success || frame.data.response === null) return null;
  return { ...frame.data, response: { ...frame.data.response, body }, bodyText };
}

function readAnyRow(text: string): ResultRow | null {
  const parsed = resultLine.safeParse(jsonOrUndefined(text));
  if (!parsed.success) return null;
  return { ...parsed.data, bodyText: parsed.data.response === null ? null : rawMember(text, ['response', 'body']) };
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: not the usual form, or no row at all, which the caller counts and whose request is missing.
    return undefined;
  }
}
