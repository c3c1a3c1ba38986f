import { type TenantId, type UsageReport } from '@batch-gpt/contracts';
import { type Ledger, type PriceList, type SettledSum, type TenantUsage } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Request, type Response } from 'express';
import { type GatewayClock } from '../gateway-clock.ts';
import { writeJson } from '../respond/write-json.ts';
import { type TenantOf } from '../tenant-of.ts';
import { keepReads } from '../tenants/keep-reads.ts';
import { buildReport } from '../usage/build-report.ts';
import { readDays, weeksOf, type Days } from '../usage/read-days.ts';
import { usageCsv } from '../usage/report-csv.ts';
import { createTenantTurns } from '../usage/tenant-turns.ts';
import { type Within } from '../within.ts';
import { readOneOf } from './read-paging.ts';

/** A report is read again after this many milliseconds. */
const readFor = 2000;
/** Entries of the ledger that one report is made of, at most. */
const mostEntries = 10_000;

/** The forms of a report. */
export const usageFormats = ['json', 'csv'] as const;

export interface UsageRouteDeps {
  readonly usage: Pick<TenantUsage, 'settledOf'>;
  readonly ledger: Pick<Ledger, 'read'>;
  readonly prices: PriceList;
  readonly tenantOf: TenantOf;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now' | 'monotonic'>;
}

/** `GET /v1/usage`: what the caller's tenant used, paid and saved, as JSON or CSV. */
export function createUsageRoute(deps: UsageRouteDeps): (req: Request, res: Response) => Promise<void> {
  const { tenantOf, clock } = deps;
  const reports = keepReads<UsageReport>(readFor, () => clock.monotonic());
  const inTurn = createTenantTurns();

  return async (req, res) => {
    const { tenant } = tenantOf(req);
    const days = readDays(req.query, clock.now());
    const format = readOneOf('format', usageFormats, req.query['format']) ?? acceptedFormat(req);
    const report = await reports(`${tenant}:${days.from}:${days.to}`, () =>
      inTurn(tenant, () => readReport(deps, tenant, days)),
    );
    res.vary('Accept');
    if (format === 'csv') writeCsv(res, usageCsv(report.data));
    else writeJson(res, 200, JSON.stringify(report));
  };
}

async function readReport(
  { usage, ledger, prices, within }: UsageRouteDeps,
  tenant: TenantId,
  days: Days,
): Promise<UsageReport> {
  const sums: SettledSum[] = [];
  for (const { from, to } of weeksOf(days)) sums.push(...(await within(usage.settledOf(tenant, from, to))));
  // One more than there may be tells whether there are more.
  const filter = { tenant, fromDay: days.from, toDay: days.to };
  const entries = await within(ledger.read(filter, mostEntries + 1));
  if (entries.length > mostEntries) throw tooMuch();
  return buildReport(days, sums, entries, prices);
}

/** JSON, unless CSV is liked better. */
const acceptedFormat = (req: Request): (typeof usageFormats)[number] =>
  req.accepts(['application/json', 'text/csv']) === 'text/csv' ? 'csv' : 'json';

function writeCsv(res: Response, text: string): void {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(200, { 'content-type': 'text/csv; charset=utf-8', 'content-length': String(Buffer.byteLength(text)) });
  res.end(text);
}

const tooMuch = () =>
  new AppError('invalid_value', 'These days hold more models than one report shows; ask for fewer days.', {
    param: 'from',
  });
