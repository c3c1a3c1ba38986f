import { batchId } from '@batch-gpt/contracts';
import { type BatchNews, type BatchRecord, type BatchStore, type EndedSignals } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { type Request, type Response } from 'express';
import { type GatewayClock } from '../gateway-clock.ts';
import { toBatchObject } from '../objects/batch-object.ts';
import { type Audit } from '../operator/audit.ts';
import { orLogged } from '../or-logged.ts';
import { writeJson } from '../respond/write-json.ts';
import { type Within } from '../within.ts';

export interface AdminRoutesDeps {
  readonly batches: Pick<BatchStore, 'get' | 'move'>;
  readonly ended: EndedSignals;
  readonly news: BatchNews;
  readonly audit: Audit;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now'>;
  readonly logger: Logger;
}

/**
 * `POST /admin/batches/{id}/abandon`: an operator gives a lost or stuck batch up, of any tenant. Here it only changes its
 * state; failing its members and counting what it cost follow from that.
 */
export function createAbandonRoute({ batches, ended, news, audit, within, clock, logger }: AdminRoutesDeps) {
  return async (req: Request, res: Response): Promise<void> => {
    req.resume();
    const id = batchId.safeParse(req.params['id']);
    const found = id.success ? await within(batches.get(id.data)) : null;
    if (found === null) throw new AppError('batch_not_found', 'No such batch.');
    if (found.state !== 'submitted' && found.state !== 'ended') throw notAbandonable(found);
    const move = { to: 'abandoned', note: 'abandoned by an operator', at: clock.now() } as const;
    const batch = await within(batches.move(found, move));
    if (batch === null) throw changedMeanwhile(found);
    audit(req, 'abandon', { batchId: batch.id });
    await orLogged(Promise.all([ended.announceEnded(batch.id), news.announceNews(batch.id)]), logger, batch.id);
    writeJson(res, 200, JSON.stringify(toBatchObject(batch)));
  };
}

const notAbandonable = ({ id, state }: BatchRecord) =>
  new AppError('conflict', `Batch ${id} is ${state}; only a submitted or ended batch can be abandoned.`);

const changedMeanwhile = ({ id }: BatchRecord) =>
  new AppError('conflict', `Batch ${id} changed in this moment; look at it again before you abandon it.`);
