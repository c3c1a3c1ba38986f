/*
 * What is of no use any more goes, in bounded pages. Any batcher may do it, any number of times.
 *
 *   ended rows, idempotency keys, owned ids past their expiry ─▶ removed
 *   texts without a row                                       ─▶ removed, an hour after they were written
 *   settled batches past their keep                           ─▶ removed
 *   what the ledger says of days before those of batches      ─▶ removed
 *   void batches that no row carries                          ─▶ removed, a week after their end: a claim that was sent
 *                                                                 before it may arrive that late
 *   more stored than is allowed                               ─▶ the oldest outcomes go, and an alarm if none may
 */
import type { BatchId } from '@batch-gpt/contracts';
import type { BatcherDeps } from './batcher-deps.ts';

export type RemoveOldDeps = Pick<
  BatcherDeps,
  | 'requests'
  | 'batches'
  | 'idempotency'
  | 'ownedIds'
  | 'ledger'
  | 'cache'
  | 'fullStore'
  | 'outcomes'
  | 'clock'
  | 'logger'
  | 'keep'
>;

const page = 500;
const pagesAtOnce = 20;
const hour = 3_600_000;
/** A text is written before the row that refers to it. */
const textGrace = hour;
const voidKeep = 7 * 24 * hour;
/** For so long retries may still come, handles are looked up, and an `Idempotency-Key` stands for what was paid for. */
const evictionGrace = 24 * hour;

/** Removes what is old; returns how much went. */
export async function removeOld(deps: RemoveOldDeps, signal: AbortSignal): Promise<number> {
  const { requests, idempotency, ownedIds, ledger, clock, keep } = deps;
  const now = clock.now();
  const removals = [
    () => requests.removeExpired(now, page),
    () => idempotency.removeExpired(now, page),
    () => ownedIds.removeExpired(now, page),
    () => requests.removeUnreferencedBodies(now - textGrace, page),
    () => removeBatches(deps, 'settled', now - keep.settledBatches),
    () => removeBatches(deps, 'void', now - voidKeep),
    () => ledger.removeBefore(dayOf(now - keep.settledBatches), page),
  ];
  let removed = 0;
  for (const remove of removals) removed += await inPages(remove, signal);
  return removed + (await evict(deps, now, signal));
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Goes on until a page was not full. */
async function inPages(remove: () => Promise<number>, signal: AbortSignal): Promise<number> {
  let removed = 0;
  for (let turn = 0; turn < pagesAtOnce && !signal.aborted; turn += 1) {
    const gone = await remove();
    removed += gone;
    if (gone < page) break;
  }
  return removed;
}

async function removeBatches(
  { batches, requests }: RemoveOldDeps,
  state: 'settled' | 'void',
  before: number,
): Promise<number> {
  let removed = 0;
  const isCarried = async (id: BatchId) => (await requests.members(id, null, 1)).length > 0;
  for (const id of await batches.ended(state, before, page)) {
    if (!(await isCarried(id)) && (await batches.remove(id, state))) removed += 1;
  }
  return removed;
}

async function evict(deps: RemoveOldDeps, now: number, signal: AbortSignal): Promise<number> {
  const { cache, outcomes, logger, keep, fullStore } = deps;
  const allowed = keep.storedBytes;
  if (allowed === null) return 0;
  let evicted = 0;
  for (let turn = 0; turn < pagesAtOnce && !signal.aborted; turn += 1) {
    if ((await cache.storedBytes()) <= allowed) {
      fullStore.clear();
      break;
    }
    const keys = await cache.evictOldest(now - evictionGrace, page, now);
    if (keys.length === 0) {
      fullStore.raise();
      break;
    }
    evicted += keys.length;
    // A gateway that does not hear of it looks its remembered outcomes up again soon.
    await outcomes.announceOutcomes(keys).catch((err: unknown) => {
      logger.warn('evicted outcomes were not announced to the gateways', { err, keys: keys.length });
    });
  }
  if (evicted > 0) logger.info('outcomes were evicted to make room', { evicted });
  return evicted;
}
