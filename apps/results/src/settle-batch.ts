/*
 * A batch that ended, until it is settled. Every step may run twice and be cut anywhere: what has an outcome is no
 * member any more, and the totals come from the batch's record and files alone.
 *
 *   ended ── cause ─────────────▶ every member fails
 *         ── named lines ───────▶ those fail, all others go back
 *         ── result files ──────▶ rows are decided, then what is missing
 *         no member is left ────▶ settled, billed totals in the same compare-and-set
 *
 *   abandoned ── members fail; the provider's status is final: totals are counted ──▶ settled
 */
import { finalProviderStatuses, type BatchId, type RequestKey } from '@batch-gpt/contracts';
import type { BatchRecord } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { endedFor } from './ended-for.ts';
import { ordinaryGroup } from './ordinary-group.ts';
import type { ResultsDeps } from './results-deps.ts';
import { announceOutcomes } from './announce-outcomes.ts';
import { failAll, failNamed, lostCause, unreadableCause } from './settle-failures.ts';
import { settleFromFiles, type Settled } from './settle-from-files.ts';

/** Settles an ended batch; any other state is somebody else's or nobody's work. */
export async function settleBatch(deps: ResultsDeps, batchId: BatchId, signal: AbortSignal): Promise<void> {
  const batch = await deps.batches.get(batchId);
  if (batch === null || (batch.state !== 'ended' && batch.state !== 'abandoned')) return;
  const settled = await settleMembers(deps, batch, signal).catch(async (error: unknown) => {
    await alarmIfStuck(deps, batch, error);
    throw error;
  });
  if (settled === null) return;
  await close(deps, batch, settled);
  if (settled.returned > 0) await openWindow(deps, batch);
}

/** Null while it is not known yet what an abandoned batch came to. */
async function settleMembers(deps: ResultsDeps, batch: BatchRecord, signal: AbortSignal): Promise<Settled | null> {
  if (batch.state === 'abandoned') return settleAbandoned(deps, batch, signal);
  if (batch.cause !== null) return failAll(deps, batch, batch.cause, signal);
  if (batch.namedLines.length > 0) return failNamed(deps, batch, signal);
  // Without it nobody knows which files there are: what they hold is paid for.
  if (!finalProviderStatuses.has(batch.provider?.status ?? '')) {
    throw new AppError('internal_error', 'an ended batch has no final status of the provider');
  }
  return settleFromFiles(deps, batch, signal);
}

async function settleAbandoned(deps: ResultsDeps, batch: BatchRecord, signal: AbortSignal): Promise<Settled | null> {
  const failed = await failAll(deps, batch, batch.cause ?? lostCause(batch), signal);
  if (batch.providerBatchId === null) return failed;
  if (!finalProviderStatuses.has(batch.provider?.status ?? '')) return null;
  // No member is left: the files say what was paid, and their answers may still be of use.
  return settleFromFiles(deps, batch, signal);
}

async function close(deps: ResultsDeps, batch: BatchRecord, { billed, returned }: Settled): Promise<void> {
  const left = await deps.requests.members(batch.id, null, 1);
  if (left.length > 0) throw new AppError('store_unavailable', 'a batch still has members after it was settled');
  const at = deps.clock.now();
  const { id, state, epoch } = batch;
  const moved = await deps.batches.move({ id, state, epoch }, { to: 'settled', change: { billed }, at });
  if (moved !== null) deps.logger.info('batch settled', { status: batch.provider?.status, ...billed, returned });
}

async function openWindow({ bells, window, logger }: ResultsDeps, batch: BatchRecord): Promise<void> {
  try {
    await bells.open(ordinaryGroup(batch.group), window);
  } catch (err) {
    if (!AppError.is(err, 'queue_unavailable')) throw err;
    logger.warn('no window was opened for returned requests, the sweep will ring', { err });
  }
}

/** The provider does not answer, refuses our account, or we no longer have it. */
const unreadable = ['provider_unavailable', 'account_parked', 'account_not_configured'] as const;

/** Nothing is salvaged from files that cannot be read: their rows are paid for. Their waiters are told, the rows stay. */
async function alarmIfStuck(deps: ResultsDeps, batch: BatchRecord, err: unknown): Promise<void> {
  const since = endedFor(batch, deps.clock.now());
  if (!unreadable.some((code) => AppError.is(err, code)) || since < deps.stuckAfter) return;
  deps.logger.error('results of an ended batch cannot be read', {
    endedFor: since,
    providerBatchId: batch.providerBatchId,
    err,
  });
  if (batch.trouble !== null) return;
  const { id, state, epoch } = batch;
  const trouble = unreadableCause(batch);
  const change = { trouble };
  const moved = await deps.batches.move(
    { id, state, epoch },
    { to: state, change, note: trouble.code, at: deps.clock.now() },
  );
  if (moved !== null) await tellMembers(deps, batch);
}

async function tellMembers(deps: ResultsDeps, batch: BatchRecord): Promise<void> {
  let after: RequestKey | null = null;
  for (;;) {
    const members: readonly { readonly key: RequestKey }[] = await deps.requests.members(
      batch.id,
      after,
      membersAtOnce,
    );
    await announceOutcomes(
      deps,
      members.map(({ key }) => key),
    );
    after = members.at(-1)?.key ?? null;
    if (members.length < membersAtOnce) return;
  }
}

const membersAtOnce = 500;
