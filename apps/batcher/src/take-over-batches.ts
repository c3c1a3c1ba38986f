/*
 * Finding batches whose owner is gone. Each batcher watches on its own monotonic clock:
 *
 *   owner null                                       ─▶ take over at once (it was released)
 *   (epoch, beat) unchanged for ownerGoneAfter       ─▶ take over, epoch + 1
 *   anything else                                    ─▶ watch on
 */
import type { BatchId } from '@batch-gpt/contracts';
import type { BatchRecord } from '@batch-gpt/domain';
import type { BatcherDeps } from './batcher-deps.ts';
import type { HeldBatches } from './held-batches.ts';
import { isOver } from './track-abandoned.ts';
import { needsNoAccount } from './without-account.ts';

type TakeOverDeps = Pick<BatcherDeps, 'batches' | 'accounts' | 'clock' | 'timings' | 'logger' | 'owner' | 'metrics'> & {
  readonly held: HeldBatches;
};

interface Sighting {
  readonly epoch: number;
  readonly beat: number;
  readonly since: number;
}

const page = 500;

/** Looks at every open batch once; call it every few seconds. */
export function createTakeOver(deps: TakeOverDeps): (signal: AbortSignal) => Promise<void> {
  let sightings = new Map<BatchId, Sighting>();
  return async (signal) => {
    // Rebuilt at every look, so that batches which are no longer open are forgotten.
    const seen = new Map<BatchId, Sighting>();
    let after: BatchId | null = null;
    do {
      const open: readonly BatchRecord[] = await deps.batches.open(after, page);
      for (const batch of open) {
        if (!isOrphanable(deps, batch)) continue;
        const sighting = sight(batch, sightings.get(batch.id), deps.clock.monotonic());
        seen.set(batch.id, sighting);
        if (isGone(deps, batch, sighting)) await takeOver(deps, batch);
      }
      after = open.length < page ? null : (open.at(-1)?.id ?? null);
    } while (after !== null && !signal.aborted);
    sightings = seen;
  };
}

/** An ended batch waits for the results worker, whoever owned it; so does an abandoned one whose end is known. */
function isOrphanable(deps: TakeOverDeps, batch: BatchRecord): boolean {
  if (batch.state === 'ended' || deps.held.has(batch.id)) return false;
  if (batch.state === 'abandoned' && isOver(batch)) return false;
  // Left to whoever has its account, but not for ever.
  return deps.accounts.of(batch.account) !== null || needsNoAccount(deps, batch);
}

function sight(batch: BatchRecord, before: Sighting | undefined, now: number): Sighting {
  const same = before?.epoch === batch.epoch && before.beat === batch.beat;
  return same ? before : { epoch: batch.epoch, beat: batch.beat, since: now };
}

function isGone(deps: TakeOverDeps, batch: BatchRecord, sighting: Sighting): boolean {
  if (batch.owner === null) return true;
  return deps.clock.monotonic() - sighting.since >= deps.timings.ownerGoneAfter;
}

async function takeOver(deps: TakeOverDeps, batch: BatchRecord): Promise<void> {
  if (!deps.held.hasRoom()) return;
  const taken = await deps.batches.takeOver(batch.id, batch.epoch, deps.owner, deps.clock.now());
  if (taken === null) return;
  deps.metrics.recoveryActions.inc({ action: 'take_over' });
  deps.logger.info('batch taken over', {
    batchId: taken.id,
    state: taken.state,
    from: batch.owner,
    epoch: taken.epoch,
  });
  deps.held.hold(taken, null);
}
