import { Router, type Response } from 'express';
import { serverError } from '../api-error.ts';
import { takeQuirks } from '../batches/batch-errors.ts';
import { type Batch } from '../batches/batch.ts';
import { type BatchStore } from '../batches/batch-store.ts';
import { toBatchObject } from '../batches/to-batch-object.ts';
import { type Clock } from '../clock.ts';
import { type Faults } from '../faults/create-faults.ts';
import { type Fault, msOf } from '../faults/fault.ts';
import { noSuchBatch } from '../faults/refusals.ts';
import { type Ledger } from '../ledger.ts';
import { readJson } from '../middleware/read-json.ts';
import { pageOf } from './paging.ts';
import { parseBatchOrder } from './parse-batch-order.ts';
import { loseAnswer, sendError, sendJson } from './respond.ts';

interface BatchDeps {
  readonly batches: BatchStore;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

const createBodyBytes = 1024 * 1024;
const pageLimits = { fallback: 20, max: 100 };

/** `/v1/batches`: create, list, retrieve, cancel. */
export function batchRoutes(deps: BatchDeps): Router {
  const { batches, faults } = deps;
  const router = Router();

  router.post('/', readJson(createBodyBytes), async (request, response) => {
    deps.ledger.count('batches');
    faults.refuseAt('create');
    const order = parseBatchOrder(request.body);
    await pause(deps.clock, faults.take('create_late'));
    const quirks = takeQuirks(faults, { fileId: order.inputFileId, nowMs: deps.clock.now() });
    await answerCreated(deps, response, batches.create(order, quirks));
  });

  router.get('/', (request, response) => {
    faults.refuseAt('list');
    sendJson(response, pageOf(batches.list(), request.query, { limits: pageLimits, show: toBatchObject }));
  });

  router.get('/:id', (request, response) => {
    const { id } = request.params;
    faults.refuseAt('retrieve', id);
    vanish(findVisible(deps, id), deps);
    sendJson(response, toBatchObject(findVisible(deps, id)));
  });

  router.post('/:id/cancel', (request, response) => {
    const { id } = request.params;
    faults.refuseAt('cancel', id);
    const batch = findVisible(deps, id);
    const rising = faults.take('cancel_rising', id);
    batches.cancel(batch, rising === null ? null : msOf(rising));
    sendJson(response, toBatchObject(batch));
  });
  return router;
}

/** Answers a create call, unless a fault loses, spoils or delays the answer; the batch exists in any case. */
async function answerCreated({ faults, clock }: BatchDeps, response: Response, batch: Batch): Promise<void> {
  const shown = toBatchObject(batch);
  if (faults.take('create_lost_answer') !== null) {
    loseAnswer(response);
  } else if (faults.take('create_500_created') !== null) {
    sendError(response, serverError());
  } else {
    await pause(clock, faults.take('create_slow'));
    sendJson(response, shown);
  }
}

async function pause(clock: Clock, fault: Fault | null): Promise<void> {
  if (fault === null) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  clock.after(msOf(fault), () => resolve(undefined));
  await promise;
}

/** The batch of an id in a path, hidden or not; throws OpenAI's 404. */
export function find(batches: BatchStore, id: string): Batch {
  const batch = batches.get(id);
  if (batch !== null) return batch;
  throw noSuchBatch(id);
}

function findVisible({ batches, clock }: BatchDeps, id: string): Batch {
  const batch = find(batches, id);
  if (batch.hiddenUntilMs > clock.now()) throw noSuchBatch(id);
  return batch;
}

function vanish(batch: Batch, { batches, faults, clock }: BatchDeps): void {
  const vanishing = faults.take('batch_vanishes', batch.id);
  if (vanishing !== null) batches.hide(batch, clock.now() + (vanishing.ms ?? Infinity));
}
