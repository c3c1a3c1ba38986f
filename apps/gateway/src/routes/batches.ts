import { batchId, knownProviderStatuses, type BatchList } from '@batch-gpt/contracts';
import { type BatchNews, type BatchRecord, type BatchStore } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { type Request, type Response } from 'express';
import { type GatewayClock } from '../gateway-clock.ts';
import { toBatchObject } from '../objects/batch-object.ts';
import { batchStatus, isCancellable } from '../objects/batch-status.ts';
import { orLogged } from '../or-logged.ts';
import { writeJson } from '../respond/write-json.ts';
import { type Caller, type TenantOf } from '../tenant-of.ts';
import { type Within } from '../within.ts';
import { listBatches } from './list-batches.ts';
import { readLimit, readOneOf, unknownAfter } from './read-paging.ts';

export interface BatchRoutesDeps {
  readonly batches: Pick<BatchStore, 'findForTenant' | 'list' | 'requestCancel'>;
  readonly tenantOf: TenantOf;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now'>;
  readonly news: BatchNews;
  readonly logger: Logger;
}

type Handler = (req: Request, res: Response) => Promise<void>;

/** OpenAI's batch routes over our own batches; an id in a path is ours or the provider's. */
export interface BatchRoutes {
  readonly list: Handler;
  readonly retrieve: Handler;
  readonly cancel: Handler;
}

export function createBatchRoutes(deps: BatchRoutesDeps): BatchRoutes {
  const { batches, tenantOf, within, clock, news, logger } = deps;
  const findAny = async ({ tenant }: Caller, id: unknown): Promise<BatchRecord | null> =>
    typeof id === 'string' && plausibleId.test(id) ? within(batches.findForTenant(tenant, id)) : null;
  const find = async (caller: Caller, id: unknown): Promise<BatchRecord> => {
    const batch = await findAny(caller, id);
    if (batch === null || batch.state === 'void') throw notFound();
    return batch;
  };
  const show = (res: Response, batch: BatchRecord) => writeJson(res, 200, JSON.stringify(toBatchObject(batch)));
  /** Cancelling again changes nothing, and is no mistake. */
  const showCancelled = (res: Response, batch: BatchRecord) => {
    const status = batchStatus(batch);
    if (!isCancellable(batch) && status !== 'cancelling' && status !== 'cancelled') throw notCancellable(status);
    show(res, batch);
  };

  return {
    list: async (req, res) => {
      const caller = tenantOf(req);
      const limit = readLimit(req.query['limit']);
      const status = readOneOf('status', knownProviderStatuses, req.query['status']);
      const given = req.query['after'];
      // One that has become void since it was listed is still a place in the list.
      const last = given === undefined ? null : await findAny(caller, given);
      if (given !== undefined && last === null) throw unknownAfter('batch');
      const { tenant } = caller;
      const page = await listBatches({ batches, within, tenant, after: last?.id ?? null, limit, status });
      const data = page.found.map(toBatchObject);
      const list: BatchList = {
        object: 'list',
        data,
        first_id: data[0]?.id ?? null,
        last_id: page.lastId,
        has_more: page.hasMore,
      };
      writeJson(res, 200, JSON.stringify(list));
    },

    retrieve: async (req, res) => show(res, await find(tenantOf(req), req.params['id'])),

    cancel: async (req, res) => {
      // The body of this call means nothing; OpenAI's SDKs send none.
      req.resume();
      const found = await find(tenantOf(req), req.params['id']);
      if (isCancellable(found)) {
        const batch = await within(batches.requestCancel(batchId.parse(found.id), clock.now()));
        if (batch === null || batch.state === 'void') throw notFound();
        // The flag is durable; whoever owns the batch reads it now instead of at its next poll.
        await orLogged(news.announceNews(batch.id), logger, batch.id);
        showCancelled(res, batch);
      } else showCancelled(res, found);
    },
  };
}

const plausibleId = /^[\w-]{1,256}$/;
const notFound = () => new AppError('batch_not_found', 'No such batch.');

/** The provider's words. Source: OpenAI's API, for a finished batch. */
const notCancellable = (status: string) =>
  new AppError('batch_not_cancellable', `Cannot cancel a batch with status '${status}'.`);
