/** A value of a cell; what is unknown is empty. */
export type CsvValue = string | number | boolean | null;

/** A line of CSV (RFC 4180), its end included. */
export const csvLine = (cells: readonly CsvValue[]): string => `${cells.map(cellText).join(',')}\r\n`;

/**
 * Text from outside, such as the name of a model: a spreadsheet takes what begins like this for a formula and runs it,
 * unless an apostrophe comes first. Source: OWASP, CSV injection.
 */
const likeFormula = /^\s*[=+\-@|%\t\r]/;

function cellText(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = likeFormula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
