/*
 * What was billed, row by row, for whoever keeps accounts: batches by the time of their settling, lines by the time of
 * their acceptance, latest first. Read in pages by an index and written as they are read: an export of a year takes the
 * memory of a page.
 */
import { batchId, requestKey, type TenantId } from '@batch-gpt/contracts';
import {
  costOf,
  type BatchRecord,
  type Place,
  type PriceList,
  type RequestSearch,
  type RequestSummary,
  type WorkOverview,
} from '@batch-gpt/domain';
import { batchStatus } from '../objects/batch-status.ts';
import { type CsvValue } from '../usage/csv.ts';
import { type Within } from '../within.ts';

/** A row by the names of its columns, which every row has in the same order. */
export type ExportRow = Readonly<Record<string, CsvValue>>;

export interface ExportDeps {
  readonly overview: Pick<WorkOverview, 'settledBatches'>;
  readonly search: Pick<RequestSearch, 'tenants' | 'acceptedBefore'>;
  readonly prices: PriceList;
  readonly within: Within;
}

/** Milliseconds since the epoch, `to` not included; null: every tenant. */
export interface ExportSpan {
  readonly from: number;
  readonly to: number;
  readonly tenant: TenantId | null;
}

const page = 200;

/** The lowest ids there are: a page after one of them at some time begins with what came before that time. */
const lowestBatch = batchId.parse(`batch_${'0'.repeat(32)}`);
const lowestKey = requestKey.parse('0'.repeat(64));

/** Batches that settled in this time. */
export async function* batchRows(
  { overview, prices, within }: ExportDeps,
  { from, to, tenant }: ExportSpan,
): AsyncGenerator<ExportRow, void, undefined> {
  let place: Place<BatchRecord['id']> = { at: to, id: lowestBatch };
  for (;;) {
    const read: readonly BatchRecord[] = await within(overview.settledBatches(place, page));
    for (const batch of read) {
      if (batch.updatedAt < from) return;
      if (tenant === null || batch.tenant === tenant) yield batchRow(batch, prices);
    }
    const last = read.at(-1);
    if (last === undefined || read.length < page) return;
    place = { at: last.updatedAt, id: last.id };
  }
}

/** Requests that were accepted in this time and have ended, tenant by tenant. */
export async function* lineRows(deps: ExportDeps, span: ExportSpan): AsyncGenerator<ExportRow, void, undefined> {
  if (span.tenant !== null) {
    yield* linesOf(deps, span, span.tenant);
    return;
  }
  let after: TenantId | null = null;
  for (;;) {
    const tenants: readonly TenantId[] = await deps.within(deps.search.tenants(after, page));
    for (const tenant of tenants) yield* linesOf(deps, span, tenant);
    after = tenants.at(-1) ?? null;
    if (after === null || tenants.length < page) return;
  }
}

async function* linesOf(
  { search, prices, within }: ExportDeps,
  { from, to }: ExportSpan,
  tenant: TenantId,
): AsyncGenerator<ExportRow, void, undefined> {
  let place: Place<RequestSummary['key']> = { at: to, id: lowestKey };
  for (;;) {
    const read: readonly RequestSummary[] = await within(search.acceptedBefore(tenant, place, from, page));
    for (const request of read) if (request.state === 'done') yield lineRow(request, prices);
    const last = read.at(-1);
    if (last === undefined || read.length < page) return;
    place = { at: last.acceptedAt, id: last.key };
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Ten places: what comes after them is an artefact of binary fractions. */
const dollars = (amount: number | undefined): string | null =>
  amount === undefined ? null : amount.toFixed(10).replace(/\.?0+$/, '');

function batchRow(batch: BatchRecord, prices: PriceList): ExportRow {
  const { billed, sizes } = batch;
  const cost = billed === null ? null : costOf(prices, batch.model, billed);
  return {
    settled_at: iso(batch.updatedAt),
    ...{ batch_id: batch.id, provider_batch_id: batch.providerBatchId, account: batch.account, tenant: batch.tenant },
    ...{ endpoint: batch.endpoint, model: batch.model, status: batchStatus(batch) },
    created_at: iso(batch.createdAt),
    ...{ lines: sizes.lines, succeeded: billed?.succeeded ?? 0, failed: billed?.failed ?? 0 },
    ...{ sent_again: billed?.sentAgain ?? 0, lost: billed?.lost ?? 0 },
    ...{ input_tokens: billed?.inputTokens ?? 0, cached_tokens: billed?.cachedTokens ?? 0 },
    ...{ output_tokens: billed?.outputTokens ?? 0, unused_output_tokens: billed?.unused?.outputTokens ?? 0 },
    ...{ cost_usd: dollars(cost?.batch), list_usd: dollars(cost?.list) },
  };
}

function lineRow(request: Extract<RequestSummary, { state: 'done' }>, prices: PriceList): ExportRow {
  const { outcome } = request;
  const { usage } = outcome;
  const cost = usage === null ? null : costOf(prices, request.model, usage);
  return {
    accepted_at: iso(request.acceptedAt),
    ...{ request_id: request.key, tenant: request.tenant, account: request.account },
    ...{ endpoint: request.endpoint, model: request.model, batch_id: request.batchId },
    done_at: iso(request.doneAt),
    ...{ result: outcome.kind, status_code: outcome.status, runs: request.attempt },
    ...{ input_tokens: usage?.inputTokens ?? 0, cached_tokens: usage?.cachedTokens ?? 0 },
    output_tokens: usage?.outputTokens ?? 0,
    ...{ cost_usd: dollars(cost?.batch), list_usd: dollars(cost?.list) },
  };
}

/** The columns of each export: an empty one has them too. */
export const batchColumns = [
  ...['settled_at', 'batch_id', 'provider_batch_id', 'account', 'tenant', 'endpoint', 'model', 'status', 'created_at'],
  ...['lines', 'succeeded', 'failed', 'sent_again', 'lost', 'input_tokens', 'cached_tokens', 'output_tokens'],
  ...['unused_output_tokens', 'cost_usd', 'list_usd'],
];
export const lineColumns = [
  ...['accepted_at', 'request_id', 'tenant', 'account', 'endpoint', 'model', 'batch_id', 'done_at', 'result'],
  ...['status_code', 'runs', 'input_tokens', 'cached_tokens', 'output_tokens', 'cost_usd', 'list_usd'],
];
