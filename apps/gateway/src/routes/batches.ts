import { batchId } from '@batch-gpt/contracts';
import { type BatchNews, type BatchRecord, type BatchStore } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { type Request, type Response } from 'express';
import { type GatewayClock } from '../gateway-clock.ts';
import { toBatchObject } from '../objects/batch-object.ts';
import { isCancellable } from '../objects/batch-status.ts';
import { orLogged } from '../or-logged.ts';
import { writeJson } from '../respond/write-json.ts';
import { type Caller, type TenantOf } from '../tenant-of.ts';
import { type Within } from '../within.ts';
import { listBatches, readStatus } from './list-batches.ts';

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
  const find = async ({ tenant }: Caller, id: unknown): Promise<BatchRecord> => {
    const batch =
      typeof id === 'string' && plausibleId.test(id) ? await within(batches.findForTenant(tenant, id)) : null;
    if (batch === null || batch.state === 'void') throw notFound();
    return batch;
  };
  const show = (res: Response, batch: BatchRecord) => writeJson(res, 200, JSON.stringify(toBatchObject(batch)));

  return {
    list: async (req, res) => {
      const caller = tenantOf(req);
      const limit = readLimit(req.query['limit']);
      const after =
        req.query['after'] === undefined ? null : (await findAfter(() => find(caller, req.query['after']))).id;
      const status = readStatus(req.query['status']);
      const page = await listBatches({ batches, within, tenant: caller.tenant, after, limit, status });
      const data = page.found.map(toBatchObject);
      const [first_id, last_id] = [data[0]?.id ?? null, page.lastId];
      writeJson(res, 200, JSON.stringify({ object: 'list', data, first_id, last_id, has_more: page.hasMore }));
    },

    retrieve: async (req, res) => show(res, await find(tenantOf(req), req.params['id'])),

    cancel: async (req, res) => {
      // The body of this call means nothing; OpenAI's SDKs send none.
      req.resume();
      const found = await find(tenantOf(req), req.params['id']);
      if (!isCancellable(found)) throw notCancellable(found);
      const batch = await within(batches.requestCancel(batchId.parse(found.id), clock.now()));
      if (batch === null) throw notFound();
      if (!isCancellable(batch)) throw notCancellable(batch);
      // The flag is durable; whoever owns the batch reads it now instead of at its next poll.
      await orLogged(news.announceNews(batch.id), logger, batch.id);
      show(res, batch);
    },
  };
}

const plausibleId = /^[\w-]{1,256}$/;
const defaultLimit = 20;

function readLimit(given: unknown): number {
  if (given === undefined) return defaultLimit;
  const limit = typeof given === 'string' && /^\d{1,3}$/.test(given) ? Number(given) : 0;
  if (limit >= 1 && limit <= 100) return limit;
  throw new AppError('invalid_value', "Invalid 'limit': expected a whole number from 1 to 100.", { param: 'limit' });
}

async function findAfter(find: () => Promise<BatchRecord>): Promise<BatchRecord> {
  try {
    return await find();
  } catch (error) {
    if (!AppError.is(error, 'batch_not_found')) throw error;
    throw new AppError('invalid_value', "Invalid 'after': no such batch.", { param: 'after', cause: error });
  }
}

const notFound = () => new AppError('batch_not_found', 'No such batch.');

const notCancellable = ({ id, state }: BatchRecord) =>
  new AppError('batch_not_cancellable', `Batch ${id} cannot be cancelled any more: it is ${state}.`);
