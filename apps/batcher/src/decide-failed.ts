/*
 * A provider status `failed`: nothing of the batch ran, nothing is billed (design, section 8).
 *
 *   errors with line numbers           ─▶ ended: the named lines fail, all others go back; without the file that the
 *                                         numbers count in, as below
 *   token_limit_exceeded               ─▶ uploaded: wait for headroom, same file again; halved when it can never fit
 *   file not found, after our fence    ─▶ claimed: new upload, new attempt
 *   file not found, though readable    ─▶ uploaded: same file again some times, then claimed
 *   anything else                      ─▶ poison search
 */
import type { BatchChange, BatchRecord } from '@batch-gpt/domain';
import type { StepDeps } from './batcher-deps.ts';
import { nameLines } from './name-lines.ts';
import { left, movedOrLeft, wait, type RunMemory, type Step } from './step.ts';
import { isFileNotFound, searchPoison } from './submit-batch/answer-refusal.ts';
import { canEverFit, namedLimit } from './token-headroom.ts';
import { validationCause, type ValidationError } from './validation-cause.ts';

/** Waiting for headroom grows up to this many of the longest polling pauses. */
const longestTokenWait = 5;
/** Creates with one file that the provider cannot find before it is uploaded again. */
const missingFileTries = 3;

/** Decides what becomes of a batch whose validation failed. */
export async function decideFailed(
  deps: StepDeps,
  batch: BatchRecord,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<Step> {
  const errors = batch.provider?.errors ?? [];
  const first = errors[0] ?? {
    code: null,
    message: 'The provider rejected the batch without saying why.',
    param: null,
    line: null,
  };
  deps.logger.warn('provider rejected a batch', { code: first.code, errors: errors.length });
  if (batch.cancelRequestedAt !== null) return endWith(deps, batch, { cause: validationCause(first) });
  if (errors.some((error) => error.line !== null)) {
    const named = await nameLines(deps, batch, errors, signal);
    // The provider may have read the file just before our fence deleted it.
    if (named === null) return withoutFile(deps, batch, memory);
    return named.length > 0
      ? endWith(deps, batch, { namedLines: named })
      : searchPoison(deps, batch, validationCause(first));
  }
  if (isFileNotFound(first)) return withoutFile(deps, batch, memory);
  if (first.code === 'token_limit_exceeded') return withoutTokens(deps, batch, memory, first);
  return searchPoison(deps, batch, validationCause(first));
}

async function endWith(deps: StepDeps, batch: BatchRecord, change: BatchChange): Promise<Step> {
  return movedOrLeft(await deps.batches.move(batch, { to: 'ended', change, at: deps.clock.now() }));
}

async function withoutFile(deps: StepDeps, batch: BatchRecord, memory: RunMemory): Promise<Step> {
  memory.refusals += 1;
  const uploadAgain = batch.fencedAt !== null || memory.refusals > missingFileTries;
  if (!uploadAgain) return again(deps, batch, deps.timings.pollMax * memory.refusals);
  memory.refusals = 0;
  const change = { ...unbound(batch), inputFileId: null, inputFileCreatedAt: null, fencedAt: null };
  return movedOrLeft(
    await deps.batches.move(batch, { to: 'claimed', change, note: 'input file not found', at: deps.clock.now() }),
  );
}

async function withoutTokens(
  deps: StepDeps,
  batch: BatchRecord,
  memory: RunMemory,
  error: ValidationError,
): Promise<Step> {
  const limit = namedLimit(error.message);
  if (limit !== null) deps.tokenLimits.learn(batch.account, batch.model, limit);
  if (!(await canEverFit(deps, batch, limit))) return searchPoison(deps, batch, validationCause(error));
  memory.refusals = Math.min(memory.refusals + 1, longestTokenWait);
  return again(deps, batch, deps.timings.pollMax * memory.refusals);
}

/** Back to `uploaded` for another create with the same file, after a pause. */
async function again(deps: StepDeps, batch: BatchRecord, pause: number): Promise<Step> {
  const note = batch.provider?.errors[0]?.code ?? 'rejected';
  const moved = await deps.batches.move(batch, { to: 'uploaded', change: unbound(batch), note, at: deps.clock.now() });
  return moved === null ? left : wait(pause);
}

/** The rejected provider batch is remembered, so that it is never bound again. */
function unbound(batch: BatchRecord): BatchChange {
  const former = batch.providerBatchId === null ? [] : [batch.providerBatchId];
  return {
    providerBatchId: null,
    provider: null,
    formerProviderBatchIds: [...batch.formerProviderBatchIds, ...former].slice(-formerLimit),
  };
}

const formerLimit = 100;
