import type { TenantId } from '@batch-gpt/contracts';
import { addSums, type SettledSum } from '@batch-gpt/domain';
import { integer, text, type Row } from './column.ts';

/** What is read of a settled batch for its part of the sums. */
export const sumColumns = `
  updated_at, tenant, facts ->> '$.model' AS model, facts ->> '$.sizes.lines' AS lines,
  coalesce(facts ->> '$.provider.status', iif(cancel_requested_at IS NULL, 'failed', 'cancelled')) AS status,
  coalesce(facts ->> '$.billed.succeeded', 0) AS succeeded, coalesce(facts ->> '$.billed.failed', 0) AS failed,
  coalesce(facts ->> '$.billed.sentAgain', 0) AS sent_again,
  coalesce(facts ->> '$.billed.inputTokens', 0) AS input,
  coalesce(facts ->> '$.billed.cachedTokens', 0) AS cached,
  coalesce(facts ->> '$.billed.outputTokens', 0) AS output,
  coalesce(facts ->> '$.billed.lost', 0) AS lost,
  coalesce(facts ->> '$.billed.unused.inputTokens', 0) AS unused_input,
  coalesce(facts ->> '$.billed.unused.cachedTokens', 0) AS unused_cached,
  coalesce(facts ->> '$.billed.unused.outputTokens', 0) AS unused_output`;

/** Adds up batches as they come. */
export const sumsOf = (rows: Iterable<Row>): SettledSum[] => addSums(mapEach(rows, toSum));

function* mapEach<T, R>(items: Iterable<T>, change: (item: T) => R): Generator<R> {
  for (const item of items) yield change(item);
}

function toSum(row: Row): SettledSum {
  return {
    day: new Date(integer(row, 'updated_at')).toISOString().slice(0, 10),
    tenant: text(row, 'tenant') as TenantId,
    model: text(row, 'model'),
    status: text(row, 'status'),
    batches: 1,
    lines: integer(row, 'lines'),
    succeeded: integer(row, 'succeeded'),
    failed: integer(row, 'failed'),
    sentAgain: integer(row, 'sent_again'),
    inputTokens: integer(row, 'input'),
    cachedTokens: integer(row, 'cached'),
    outputTokens: integer(row, 'output'),
    lost: integer(row, 'lost'),
    unused: {
      inputTokens: integer(row, 'unused_input'),
      cachedTokens: integer(row, 'unused_cached'),
      outputTokens: integer(row, 'unused_output'),
    },
  };
}
