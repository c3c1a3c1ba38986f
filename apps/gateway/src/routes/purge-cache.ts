import { purgeOrder, type PurgeOrder, type PurgeReport, type RequestKey } from '@batch-gpt/contracts';
import { type OutcomeAnnouncer, type OutcomeCache, type PurgeFilter } from '@batch-gpt/domain';
import { type Logger } from '@batch-gpt/logging';
import { type Request, type Response } from 'express';
import { createAdmission } from '../accept/admission.ts';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Audit } from '../operator/audit.ts';
import { parseOrder } from '../operator/read-order.ts';
import { writeJson } from '../respond/write-json.ts';
import { type Within } from '../within.ts';
import { readBody } from './read-body.ts';

export interface PurgeRouteDeps {
  readonly cache: Pick<OutcomeCache, 'purge'>;
  /** Tells every gateway, this one included, to forget what it has in memory. */
  readonly announcer: OutcomeAnnouncer;
  readonly audit: Audit;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now'>;
  readonly logger: Logger;
}

const maxBytes = 128 * 1024;
/** Operators do not come in crowds. */
const maxCalls = 4;
const page = 500;
const pagesAtOnce = 20;

/**
 * `POST /admin/cache/purge`: removes stored outcomes, 10,000 at most in one call. A purged key is fresh: the next call
 * asks the provider. Requests under way go on.
 */
export function createPurgeRoute({ cache, announcer, audit, within, clock, logger }: PurgeRouteDeps) {
  const admission = createAdmission({ maxCalls, maxBytes: maxCalls * maxBytes });

  const purgePages = async (filter: PurgeFilter): Promise<PurgeReport> => {
    let purged = 0;
    for (let turn = 0; turn < pagesAtOnce; turn += 1) {
      const keys = await within(cache.purge(filter, page));
      await announce(keys);
      purged += keys.length;
      if (keys.length < page) return { object: 'batch_gpt.purge', purged, has_more: false };
    }
    return { object: 'batch_gpt.purge', purged, has_more: true };
  };
  /** Without Redis every gateway looks its hot outcomes up again within their time (HOT_CACHE_MAX_AGE_MS). */
  const announce = async (keys: readonly RequestKey[]) => {
    if (keys.length === 0) return;
    await announcer.announceOutcomes(keys).catch((err: unknown) => {
      logger.warn('a purge was not announced to the gateways', { err, keys: keys.length });
    });
  };

  return async (req: Request, res: Response): Promise<void> => {
    using permit = admission.enter();
    const order = parseOrder(await readBody({ req, res, maxBytes, permit }), purgeOrder, 'purge');
    const report = await purgePages(filterOf(order, clock.now()));
    const { keys, ...told } = order;
    audit(req, 'purge', { ...told, named: keys?.length ?? 0, purged: report.purged });
    writeJson(res, 200, JSON.stringify(report));
  };
}

function filterOf({ tenant, model, keys, older_than: age }: PurgeOrder, now: number): PurgeFilter {
  return {
    ...(tenant !== undefined && { tenant }),
    ...(model !== undefined && { model }),
    ...(keys !== undefined && { keys }),
    // Everything there is, if nothing else narrows it.
    doneBefore: age === undefined ? Number.MAX_SAFE_INTEGER : now - age * 1000,
  };
}
