import { type UsageRow } from '@batch-gpt/contracts';
import { csvLine, type CsvValue } from './csv.ts';

type Cell = readonly [column: string, value: CsvValue];

/** A row's own fields, then those of its parts as `part_field`, in the order in which the row has them. */
function cellsOf(row: UsageRow): readonly Cell[] {
  return Object.entries(row).flatMap(([name, value]): readonly Cell[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([field, inner]: [string, CsvValue]) => [`${name}_${field}`, inner])
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

/** Rows as CSV with a line of names; what is unknown is empty. With `more`, the names of further columns come first. */
export function usageCsv(rows: readonly UsageRow[], more: readonly string[] = []): string {
  const names = [...more, ...columns];
  const lines = rows.map((row) => {
    const cells = new Map(cellsOf(row));
    return names.map((column) => cells.get(column) ?? null);
  });
  return [names, ...lines].map(csvLine).join('');
}
