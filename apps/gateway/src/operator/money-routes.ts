import { tenantId, type OperatorUsage, type TenantId } from '@batch-gpt/contracts';
import { type Ledger, type LedgerEntry, type SettledSum, type WorkOverview } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Request, type RequestHandler, type Response } from 'express';
import { type GatewayClock } from '../gateway-clock.ts';
import { drained, type Pace } from '../replay/write-events.ts';
import { isOpen } from '../respond/is-open.ts';
import { writeJson } from '../respond/write-json.ts';
import { readOneOf } from '../routes/read-paging.ts';
import { usageFormats } from '../routes/usage.ts';
import { buildReport, totalOf, unpricedOf } from '../usage/build-report.ts';
import { csvLine } from '../usage/csv.ts';
import { readDays, weeksOf, type Days } from '../usage/read-days.ts';
import { usageCsv } from '../usage/report-csv.ts';
import { batchColumns, batchRows, lineColumns, lineRows, type ExportDeps, type ExportRow } from './export-rows.ts';
import { readTenant } from './read-search.ts';

export interface MoneyRoutesDeps extends ExportDeps {
  readonly overview: Pick<WorkOverview, 'settledSums' | 'settledBatches'>;
  readonly ledger: Pick<Ledger, 'read'>;
  readonly pace: Pace;
  readonly clock: Pick<GatewayClock, 'now'>;
}

/** What all tenants used, and the rows that it is made of. */
export interface MoneyRoutes {
  readonly usage: RequestHandler;
  readonly exportBatches: RequestHandler;
  readonly exportLines: RequestHandler;
}

const msPerDay = 86_400_000;
/** Entries of the ledger that one report is made of, at most. */
const mostEntries = 50_000;
/** How much is made before it is written, in UTF-16 units. */
const slice = 32_768;

export function createMoneyRoutes(deps: MoneyRoutesDeps): MoneyRoutes {
  const { clock } = deps;
  const exported =
    (name: string, columns: readonly string[], rowsOf: typeof batchRows): RequestHandler =>
    async (req, res) => {
      const days = readDays(req.query, clock.now());
      const format = formatOf(req);
      const tenant = readTenant(req.query['tenant']);
      const span = { from: Date.parse(days.from), to: Date.parse(days.to) + msPerDay, tenant };
      const file = `batch-gpt-${name}-${days.from}-${days.to}.${format}`;
      res.setHeader('content-disposition', `attachment; filename="${file}"`);
      const rows = rowsOf(deps, span);
      await (format === 'csv' ? writeCsv(res, columns, rows, deps.pace) : writeList(res, rows, deps.pace));
    };
  return {
    usage: async (req, res) => {
      const days = readDays(req.query, clock.now());
      const report = await readUsage(deps, days, readTenant(req.query['tenant']));
      if (formatOf(req) === 'json') {
        writeJson(res, 200, JSON.stringify(report));
        return;
      }
      res.setHeader('content-type', 'text/csv; charset=utf-8');
      res.end(usageCsv(report.data, ['tenant']));
    },
    exportBatches: exported('batches', batchColumns, batchRows),
    exportLines: exported('lines', lineColumns, lineRows),
  };
}

const formatOf = (req: Request): (typeof usageFormats)[number] =>
  readOneOf('format', usageFormats, req.query['format']) ?? 'json';

/** As a tenant's own report, for each of them. */
async function readUsage(
  { overview, ledger, prices, within }: MoneyRoutesDeps,
  days: Days,
  tenant: TenantId | null,
): Promise<OperatorUsage> {
  const sums: SettledSum[] = [];
  for (const { from, to } of weeksOf(days)) {
    sums.push(...(await within(overview.settledSums(Date.parse(from), Date.parse(to) + msPerDay))));
  }
  const filter = { tenant, fromDay: days.from, toDay: days.to };
  // One more than there may be tells whether there are more.
  const entries = await within(ledger.read(filter, mostEntries + 1));
  if (entries.length > mostEntries) throw tooMuch();
  const sumsBy = Map.groupBy(sums, (sum) => sum.tenant);
  const entriesBy = Map.groupBy(entries, (entry: LedgerEntry) => entry.tenant);
  const tenants = [...new Set([...sumsBy.keys(), ...entriesBy.keys()])].toSorted();
  const data = tenants
    .filter((each) => tenant === null || each === tenant)
    .flatMap((each) => {
      const report = buildReport(days, sumsBy.get(each) ?? [], entriesBy.get(each) ?? [], prices);
      return report.data.map((row) => ({ tenant: tenantId.parse(each), ...row }));
    });
  return { object: 'batch_gpt.usage', ...days, data, total: totalOf(data), unpriced: unpricedOf(data) };
}

async function writeCsv(
  res: Response,
  columns: readonly string[],
  rows: AsyncIterable<ExportRow>,
  pace: Pace,
): Promise<void> {
  res.setHeader('content-type', 'text/csv; charset=utf-8');
  await writeAll(res, textsOf(rows), pace);

  async function* textsOf(all: AsyncIterable<ExportRow>): AsyncGenerator<string, void, undefined> {
    yield csvLine(columns);
    for await (const row of all) yield csvLine(columns.map((column) => row[column] ?? null));
  }
}

async function writeList(res: Response, rows: AsyncIterable<ExportRow>, pace: Pace): Promise<void> {
  res.setHeader('content-type', 'application/json');
  await writeAll(res, textsOf(), pace);

  async function* textsOf(): AsyncGenerator<string, void, undefined> {
    yield '{"object":"list","data":[';
    let isFirst = true;
    for await (const row of rows) {
      yield `${isFirst ? '' : ','}\n${JSON.stringify(row)}`;
      isFirst = false;
    }
    yield '\n]}\n';
  }
}

/** As fast as the client takes it. What fails after the beginning cuts the answer off: half an export is none. */
async function writeAll(res: Response, texts: AsyncIterable<string>, pace: Pace): Promise<void> {
  let text = '';
  for await (const each of texts) {
    text += each;
    if (text.length < slice) continue;
    if (!isOpen(res)) return;
    if (!res.write(text)) await drained(res, pace);
    text = '';
  }
  if (isOpen(res)) res.end(text);
}

const tooMuch = () =>
  new AppError('invalid_value', 'These days hold more than one report shows; ask for fewer days, or one tenant.', {
    param: 'from',
  });
