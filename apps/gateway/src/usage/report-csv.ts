import { type UsageRow } from '@batch-gpt/contracts';

type Value = string | number | boolean | null;

type Cell = readonly [column: string, value: Value];

/** A row's own fields, then those of its parts as `part_field`, in the order in which the row has them. */
function cellsOf(row: UsageRow): readonly Cell[] {
  return Object.entries(row).flatMap(([name, value]): readonly Cell[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([field, inner]: [string, Value]) => [`${name}_${field}`, inner])
      : [[name, value]],
  );
}

const none = { calls: 0, input_tokens: 0, cached_tokens: 0, output_tokens: 0 };

/** Its names are the columns: a report without rows has them too. */
const emptyRow: UsageRow = {
  ...{ day: '', model: '', priced: false, price_as_of: null },
  batches: {
    ...{ batches: 0, lines: 0, succeeded: 0, failed: 0, input_tokens: 0, cached_tokens: 0, output_tokens: 0 },
    ...{ cost_usd: null, list_usd: null, discount_usd: null },
  },
  cache_hits: { ...none, saved_usd: null },
  shared_calls: { ...none, saved_usd: null },
  realtime: { ...none, list_usd: null },
  waste: {
    ...{ lines_run_again: 0, lines_lost: 0, input_tokens: 0, cached_tokens: 0, output_tokens: 0 },
    cost_usd: null,
  },
};
const columns = cellsOf(emptyRow).map(([column]) => column);

/** Rows as CSV (RFC 4180) with a line of names; what is unknown is empty. */
export function usageCsv(rows: readonly UsageRow[]): string {
  const lines = rows.map((row) => {
    const cells = new Map(cellsOf(row));
    return columns.map((column) => cellText(cells.get(column) ?? null));
  });
  return [columns, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

/**
 * Text from outside, such as the name of a model: a spreadsheet takes what begins like this for a formula and runs it,
 * unless an apostrophe comes first. Source: OWASP, CSV injection.
 */
const likeFormula = /^\s*[=+\-@|%\t\r]/;

function cellText(value: Value): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = likeFormula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
