import {
  flushOrder,
  knownProviderStatuses,
  requestKey,
  seriesRanges,
  type FlushReport,
  type OperatorBacklog,
  type OperatorBatchPage,
  type OperatorRequest,
  type OperatorRequestPage,
} from '@batch-gpt/contracts';
import {
  type BatchNews,
  type BatchRecord,
  type BatchStore,
  type LiveProcesses,
  type PriceList,
  type RequestSearch,
  type RequestStore,
  type RequestSummary,
  type WindowBells,
  type WorkOverview,
} from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { type Request, type RequestHandler, type Response } from 'express';
import { type GatewayClock } from '../gateway-clock.ts';
import { batchStatus, isCancellable } from '../objects/batch-status.ts';
import { type RequestDescriber } from '../objects/describe-request.ts';
import { type RecentTurnarounds } from '../objects/recent-turnarounds.ts';
import { orLogged } from '../or-logged.ts';
import { writeJson } from '../respond/write-json.ts';
import { readLimit, readOneOf } from '../routes/read-paging.ts';
import { type Within } from '../within.ts';
import { type Audit } from './audit.ts';
import { findBatch } from './find-batch.ts';
import { listOperatorBatches } from './list-operator-batches.ts';
import { toOperatorBatch, type BatchView } from './operator-batch.ts';
import { toOperatorBatchDetails } from './operator-batch-details.ts';
import { toOperatorRequestDetails } from './operator-request-details.ts';
import { createReadOrder } from './read-order.ts';
import { readAfter, readSearch, readTenant } from './read-search.ts';
import { createMoneyRoutes, type MoneyRoutes, type MoneyRoutesDeps } from './money-routes.ts';
import { type ReadSeries } from './read-series.ts';
import { settingsOf } from './read-settings.ts';
import { type RetryLines } from './retry-lines.ts';
import { searchRequests } from './search-requests.ts';
import { type SnapshotFeed } from './snapshot-feed.ts';
import { type EventStreams } from './stream-events.ts';

export interface OperatorRoutesDeps extends MoneyRoutesDeps {
  readonly feed: Pick<SnapshotFeed, 'current'>;
  readonly readSeries: ReadSeries;
  readonly processes: Pick<LiveProcesses, 'list'>;
  readonly streams: Pick<EventStreams, 'serve'>;
  readonly search: RequestSearch;
  readonly overview: WorkOverview;
  readonly requests: Pick<RequestStore, 'lookup' | 'oldestAccepted'>;
  readonly batches: Pick<BatchStore, 'get' | 'open' | 'findForTenant' | 'requestCancel'>;
  readonly describer: Pick<RequestDescriber, 'summarize'>;
  readonly turnarounds: RecentTurnarounds;
  readonly retryLines: RetryLines;
  readonly prices: PriceList;
  readonly bells: Pick<WindowBells, 'ring'>;
  readonly news: BatchNews;
  readonly audit: Audit;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now'>;
  readonly logger: Logger;
  /** How long windows collect, in milliseconds. */
  readonly window: number;
}

/** What operators see and do, of all tenants; `/admin` is behind their token. */
export interface OperatorRoutes extends MoneyRoutes {
  readonly snapshot: RequestHandler;
  readonly events: RequestHandler;
  readonly series: RequestHandler;
  readonly settings: RequestHandler;
  readonly backlog: RequestHandler;
  readonly searchRequests: RequestHandler;
  readonly showRequest: RequestHandler;
  readonly listBatches: RequestHandler;
  readonly showBatch: RequestHandler;
  readonly flush: RequestHandler;
  readonly cancel: RequestHandler;
  readonly retry: RequestHandler;
}

const mostCounted = 1000;

export function createOperatorRoutes(deps: OperatorRoutesDeps): OperatorRoutes {
  const { requests, batches, turnarounds, prices, audit, within, clock, logger, window } = deps;
  const readFlush = createReadOrder('flush', flushOrder);
  const viewOf = async (batch: BatchRecord): Promise<BatchView> => ({
    prices,
    turnarounds: await turnarounds(batch),
    now: clock.now(),
  });
  const toBatch = async (batch: BatchRecord) => toOperatorBatch(batch, await viewOf(batch));
  const show = (res: Response, object: unknown) => writeJson(res, 200, JSON.stringify(object));
  const find = (req: Request) => findBatch(deps, req.params['id']);

  return {
    ...createMoneyRoutes(deps),
    snapshot: async (_req, res) => show(res, await deps.feed.current()),

    events: (req, res) => deps.streams.serve(req, res),

    backlog: async (_req, res) => {
      const { requests: counts, batches: open, headroom } = await deps.feed.current();
      const backlog: OperatorBacklog = {
        object: 'batch_gpt.backlog',
        backlog: counts.backlog,
        open_batches: open.open,
        held_connections: headroom.waiters.held,
      };
      show(res, backlog);
    },

    settings: async (_req, res) => show(res, settingsOf(await deps.processes.list())),

    series: async (req, res) =>
      show(res, await deps.readSeries(readOneOf('range', seriesRanges, req.query['range']) ?? '1h')),

    searchRequests: async (req, res) => {
      const { found, next } = await searchRequests(deps, readSearch(req.query));
      const objects = await deps.describer.summarize(found);
      const data = objects.flatMap((object, index): OperatorRequest[] => {
        const record = found[index];
        return record === undefined ? [] : [{ ...object, tenant: record.tenant, account: record.account }];
      });
      const page: OperatorRequestPage = { object: 'list', data, next };
      show(res, page);
    },

    showRequest: async (req, res) => {
      const record = await findRequest(deps, req.params['id']);
      const batch = record.batchId === null ? null : await within(batches.get(record.batchId));
      const failedBody = await failedBodyOf(record);
      const observed = await turnarounds(record);
      const view = { prices, turnarounds: observed, now: clock.now(), batch, window, failedBody };
      show(res, toOperatorRequestDetails(record, view));
    },

    listBatches: async (req, res) => {
      const wanted = {
        status: readOneOf('status', knownProviderStatuses, req.query['status']),
        tenant: readTenant(req.query['tenant']),
        after: readAfter(req.query['after']),
        limit: readLimit(req.query['limit']),
      };
      const { found, next } = await listOperatorBatches(deps, wanted);
      const page: OperatorBatchPage = { object: 'list', data: await Promise.all(found.map(toBatch)), next };
      show(res, page);
    },

    showBatch: async (req, res) => {
      const batch = await find(req);
      show(res, toOperatorBatchDetails(batch, await viewOf(batch)));
    },

    flush: async (req, res) => {
      const { group } = await readFlush(req, res);
      const waiting = await within(requests.oldestAccepted(group, mostCounted, null));
      if (waiting.length === 0) throw new AppError('conflict', 'Nothing waits in this group.', { param: 'group' });
      await deps.bells.ring(group, 'operator');
      audit(req, 'flush', { group, pending: waiting.length });
      const report: FlushReport = { object: 'batch_gpt.flush', group, pending: waiting.length };
      show(res, report);
    },

    cancel: async (req, res) => {
      req.resume();
      const found = await find(req);
      if (!isCancellable(found)) throw notCancellable(found);
      const batch = await within(batches.requestCancel(found.id, clock.now()));
      if (batch === null || !isCancellable(batch)) throw notCancellable(batch ?? found);
      if (found.cancelRequestedAt === null) audit(req, 'cancel', { batchId: batch.id });
      // The flag is durable; whoever owns the batch reads it now instead of at its next poll.
      await orLogged(deps.news.announceNews(batch.id), logger, batch.id);
      show(res, await toBatch(batch));
    },

    retry: async (req, res) => {
      req.resume();
      const batch = await find(req);
      const report = await deps.retryLines(batch, readAfter(req.query['after']));
      audit(req, 'retry', { batchId: batch.id, accepted: report.accepted, withoutText: report.without_text });
      show(res, report);
    },
  };

  /** The error of a failed one; nobody here reads another body. */
  async function failedBodyOf(record: RequestSummary): Promise<string | null> {
    if (record.state !== 'done' || record.outcome.kind !== 'failed') return null;
    const { rows } = await within(requests.lookup([record.key]));
    return rows.get(record.key)?.outcome?.body ?? null;
  }
}

async function findRequest(
  { search, within }: Pick<OperatorRoutesDeps, 'search' | 'within'>,
  given: unknown,
): Promise<RequestSummary> {
  const key = requestKey.safeParse(given);
  const [record] = key.success ? await within(search.keyedLike(key.data, null, 1)) : [];
  if (record === undefined) throw new AppError('request_not_found', 'No such request.');
  return record;
}

const notCancellable = (batch: BatchRecord) =>
  new AppError('batch_not_cancellable', `Cannot cancel a batch with status '${batchStatus(batch)}'.`);
