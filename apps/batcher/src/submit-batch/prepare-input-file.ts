/*
 * claimed ─▶ uploaded: build the input file, upload it, wait until the provider can read it.
 *
 * Nothing here is paid: after a lost answer it is done again, and the file that may have been stored is an orphan.
 */
import type { ProviderFile } from '@batch-gpt/contracts';
import type { BatchRecord } from '@batch-gpt/domain';
import type { StepDeps } from '../batcher-deps.ts';
import { movedOrLeft, wait, type RunMemory, type Step } from '../step.ts';
import { buildInputFile, isComplete, type InputFile } from './build-input-file.ts';
import { answerRefusal, restWhileParked, searchPoison } from './answer-refusal.ts';

/** Builds and uploads the batch's input file. */
export async function prepareInputFile(
  deps: StepDeps,
  batch: BatchRecord,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<Step> {
  const resting = await restWhileParked(deps, batch);
  if (resting !== null) return resting;
  // The epoch keeps a paused former owner from writing into the file of the present one.
  const name = `${batch.id}.${batch.epoch}.jsonl`;
  try {
    const file = await buildInputFile(deps, batch, name, signal);
    if (!isComplete(file, batch.sizes)) return await giveUp(deps, batch, file);
    return await upload(deps, batch, file, memory, signal);
  } finally {
    await deps.scratch.remove(name);
  }
}

/**
 * Members are fixed once claimed, so a row lost its body: a damaged store. Nothing was paid; halving finds the row, which
 * then fails alone instead of stopping its group for ever.
 */
function giveUp(deps: StepDeps, batch: BatchRecord, file: InputFile): Promise<Step> {
  deps.logger.error('input file does not match its batch', {
    lines: file.lines,
    bytes: file.bytes,
    expected: batch.sizes,
  });
  return searchPoison(deps, batch, {
    status: 500,
    type: 'server_error',
    code: 'internal_error',
    message: 'The request could not be read back from the store.',
    param: null,
  });
}

async function upload(
  deps: StepDeps,
  batch: BatchRecord,
  file: InputFile,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<Step> {
  const answer = await deps.provider.uploadInputFile(
    { path: file.path, filename: `${batch.id}.jsonl`, bytes: file.bytes },
    signal,
  );
  if (answer.kind === 'done') {
    deps.account.works();
    return uploaded(deps, batch, file, answer.value, signal);
  }
  if (answer.kind === 'doubtful') {
    deps.logger.warn('upload in doubt, doing it again', { err: answer.error });
    return wait(deps.timings.pollMin);
  }
  return answerRefusal(deps, batch, answer, memory);
}

/** A new file may be unreadable for some seconds (observed: 404 right after the upload). */
async function uploaded(
  deps: StepDeps,
  batch: BatchRecord,
  file: InputFile,
  stored: ProviderFile,
  signal: AbortSignal,
): Promise<Step> {
  const until = deps.clock.monotonic() + deps.timings.reconcileGrace;
  while ((await deps.provider.getFile(stored.id, signal)) === null) {
    if (deps.clock.monotonic() > until) return wait(deps.timings.pollMin);
    await deps.clock.sleep(deps.timings.pollMin / 5, signal);
    signal.throwIfAborted();
  }
  const change = {
    inputFileId: stored.id,
    inputFileCreatedAt: stored.created_at,
    digest: file.digest,
    sizes: { ...batch.sizes, bytes: file.bytes },
  };
  return movedOrLeft(await deps.batches.move(batch, { to: 'uploaded', change, at: deps.clock.now() }));
}
