const longestHeader = 1024;
const mostEntries = 32;

/**
 * The entries of a header like `respond-async, wait=10` or `no-cache, max-age="5"` by lower-case name; the first of a
 * name counts, parameters behind `;` do not. Too long a header counts as absent: it is a wish, not a command.
 */
export function headerList(value: string | readonly string[] | undefined): ReadonlyMap<string, string> {
  const text = typeof value === 'string' ? value : (value ?? []).join(',');
  const entries = new Map<string, string>();
  if (text === '' || text.length > longestHeader) return entries;
  for (const part of text.split(',', mostEntries)) {
    const [entry = ''] = part.split(';', 1);
    const [name = '', given = ''] = entry.split('=', 2).map((side) => side.trim());
    const key = name.toLowerCase();
    if (key !== '' && !entries.has(key)) entries.set(key, unquoted(given));
  }
  return entries;
}

/** Seconds as headers write them. */
export const secondsText = /^\d{1,10}$/;

/** A whole number of seconds, at most `limit`; null for anything else. */
export function wholeSeconds(text: string | undefined, limit: number): number | null {
  return text !== undefined && secondsText.test(text) ? Math.min(Number(text), limit) : null;
}

const unquoted = (text: string): string => /^"([^"\\]*)"$/.exec(text)?.[1] ?? text;
